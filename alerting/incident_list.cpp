#include "alerting/incident_list.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "alerting/elapsed.h"

namespace gatewatch::alerting {
namespace {

bool fires_in(const Incident& incident, const std::string& route) {
  const auto participant = incident.participants.find(route);
  return participant != incident.participants.end() && participant->second.firing();
}

bool is_forgotten(const Incident& incident, Timestamp now) {
  if (incident.stage == Stage::Settling) return incident.firing_watches == 0;
  return incident.stage == Stage::Resolved &&
         has_passed(incident.resolved.value_or(incident.opened), now, incident.reopen);
}

// Choices 1 and 2 of home_of().
Incident* live_home(const std::vector<Incident*>& here, const config::Rule& rule, Cause cause,
                    const std::string& route) {
  Incident* same_rule = nullptr;
  for (auto* const incident : here) {
    if (!incident->is_live() || incident->cause != cause) continue;
    if (fires_in(*incident, route)) return incident;
    if (same_rule == nullptr && incident->rules.contains(rule.name)) same_rule = incident;
  }
  return same_rule;
}

}  // namespace

Incident& IncidentList::home_of(const config::Rule& rule, Cause cause, const FailingPlace& place,
                                Timestamp now) {
  const auto here = at_gateway(place.gateway);
  if (auto* const home = live_home(here, rule, cause, place.route)) return *home;
  if (auto* const home = at_endpoint(rule, cause, place.endpoints, now)) return *home;
  for (auto* const incident : here) {
    if (incident->cause != cause || !incident->rules.contains(rule.name)) continue;
    if (is_forgotten(*incident, now)) continue;
    settle_again(*incident, now);
    return *incident;
  }
  Incident incident;
  incident.rule = rule.name;
  incident.gateway = place.gateway;
  incident.cause = cause;
  incident.settling_since = now;
  return add(std::move(incident));
}

void IncidentList::joined(Incident& incident, const FailingPlace& place, Timestamp at) {
  if (place.gateway != incident.gateway) guests_[place.gateway].insert(&incident);
  for (const auto& endpoint : place.endpoints) {
    auto& newest = by_endpoint_[endpoint].try_emplace(&incident, at).first->second;
    newest = std::max(newest, at);
  }
}

std::vector<Incident*> IncidentList::at_gateway(const std::string& gateway) const {
  std::vector<Incident*> here;
  if (const auto found = by_gateway_.find(gateway); found != by_gateway_.end()) {
    for (const auto& incident : found->second) here.push_back(incident.get());
  }
  if (const auto found = guests_.find(gateway); found != guests_.end()) {
    std::ranges::copy_if(found->second, std::back_inserter(here), [&here](Incident* incident) {
      return std::ranges::find(here, incident) == here.end();
    });
  }
  return here;
}

Incident* IncidentList::at_endpoint(const config::Rule& rule, Cause cause,
                                    const std::set<Endpoint>& endpoints, Timestamp now) const {
  for (const auto& endpoint : endpoints) {
    const auto found = by_endpoint_.find(endpoint);
    if (found == by_endpoint_.end()) continue;
    for (const auto& [incident, at] : found->second) {
      const bool is_same =
          incident->is_live() && incident->cause == cause && incident->rules.contains(rule.name);
      if (!is_same || has_passed(at, now, same_address_within)) continue;
      if (!Endpoint::parse(incident->gateway)) incident->gateway = endpoint.text();
      return incident;
    }
  }
  return nullptr;
}

Incident& IncidentList::add(Incident incident) {
  auto& here = by_gateway_[incident.gateway];
  here.push_back(std::make_unique<Incident>(std::move(incident)));
  return *here.back();
}

void IncidentList::for_each(const std::function<void(Incident&)>& visit) const {
  for (const auto& [gateway, here] : by_gateway_) {
    for (const auto& incident : here) visit(*incident);
  }
}

void IncidentList::sweep(Timestamp now, const std::function<void(Incident&)>& forget) {
  for (auto& [gateway, here] : by_gateway_) {
    std::erase_if(here, [&](const std::unique_ptr<Incident>& incident) {
      if (!is_forgotten(*incident, now)) return false;
      if (incident->stage == Stage::Settling && incident->id != 0) {
        incident->stage = Stage::Resolved;
        return false;
      }
      forget(*incident);
      drop(incident.get());
      return true;
    });
  }
  std::erase_if(by_gateway_, [](const auto& entry) { return entry.second.empty(); });
}

void IncidentList::drop(Incident* incident) {
  for (auto& [gateway, incidents] : guests_) incidents.erase(incident);
  for (auto& [endpoint, incidents] : by_endpoint_) incidents.erase(incident);
  std::erase_if(guests_, [](const auto& entry) { return entry.second.empty(); });
  std::erase_if(by_endpoint_, [](const auto& entry) { return entry.second.empty(); });
}

}  // namespace gatewatch::alerting

#include "alerting/incident_list.h"

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

}  // namespace

Incident& IncidentList::home_of(const config::Rule& rule, Cause cause, const std::string& route,
                                const std::string& gateway, Timestamp now) {
  auto& here = by_gateway_[gateway];
  if (auto* const home = live_home(here, rule, cause, route)) return *home;
  for (const auto& incident : here) {
    if (incident->cause != cause || !incident->rules.contains(rule.name)) continue;
    if (is_forgotten(*incident, now)) continue;
    settle_again(*incident, now);
    return *incident;
  }
  Incident incident;
  incident.rule = rule.name;
  incident.gateway = gateway;
  incident.cause = cause;
  incident.settling_since = now;
  return add(std::move(incident));
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
      return true;
    });
  }
  std::erase_if(by_gateway_, [](const auto& entry) { return entry.second.empty(); });
}

Incident* IncidentList::live_home(const std::vector<std::unique_ptr<Incident>>& here,
                                  const config::Rule& rule, Cause cause,
                                  const std::string& route) const {
  Incident* same_rule = nullptr;
  for (const auto& incident : here) {
    if (!incident->is_live() || incident->cause != cause) continue;
    if (fires_in(*incident, route)) return incident.get();
    if (same_rule == nullptr && incident->rules.contains(rule.name)) same_rule = incident.get();
  }
  return same_rule;
}

}  // namespace gatewatch::alerting

#include "alerting/incident_desk.h"

#include <algorithm>
#include <utility>

#include "alerting/desk_state.h"

namespace gatewatch::alerting {

IncidentDesk::IncidentDesk(std::shared_ptr<const config::Config> config, DeskSettings settings)
    : state_(std::make_unique<State>(std::move(config), std::move(settings))) {}

IncidentDesk::~IncidentDesk() = default;

// The newest comes last, and what is open after what is over: a watch belongs to the last incident
// that names it, and one that fires to the one in which it does.
void IncidentDesk::restore(const std::vector<storage::IncidentHistory>& incidents) {
  std::vector<const storage::IncidentHistory*> in_order;
  for (const auto& history : incidents) in_order.push_back(&history);
  std::ranges::sort(in_order, {}, [](const storage::IncidentHistory* history) {
    const auto& incident = history->incident;
    return std::pair(incident.state == storage::IncidentState::Open, incident.id);
  });
  for (const auto* const history : in_order) state_->restore(*history);
}

void IncidentDesk::replay(const std::string& route,
                          const std::vector<storage::ResultOutline>& results,
                          const Recall& recall) {
  for (auto& watched : state_->coverage().of(route)) state_->replay(watched, results, recall);
}

Steps IncidentDesk::observe(const Result& result, Timestamp now) {
  return state_->observe(result, now);
}

Steps IncidentDesk::set_blindness(const std::string& region,
                                  const std::optional<Blindness>& blindness, Timestamp now) {
  return state_->set_blindness(region, blindness, now);
}

bool IncidentDesk::is_blind(const std::string& region) const {
  return state_->is_blind(region);
}

Steps IncidentDesk::tick(Timestamp now) {
  return state_->tick(now);
}

void IncidentDesk::set_silences(const std::vector<storage::SilenceRecord>& silences) {
  state_->set_silences(silences);
}

bool IncidentDesk::in_maintenance(const Result& result) {
  return state_->in_maintenance(result);
}

Steps IncidentDesk::acknowledge(std::int64_t incident, const Acknowledgement& acknowledgement,
                                Timestamp now) {
  return state_->acknowledge(incident, acknowledgement, now);
}

Steps IncidentDesk::begin_anew(const storage::LostHistory& lost, Timestamp now) {
  return state_->begin_anew(lost, now);
}

Steps IncidentDesk::reconfigure(std::shared_ptr<const config::Config> config,
                                std::string link_prefix, Timestamp now) {
  return state_->reconfigure(std::move(config), std::move(link_prefix), now);
}

std::size_t IncidentDesk::open_incidents() const {
  return state_->count_open([](const Incident&) { return true; });
}

std::size_t IncidentDesk::open_incidents(config::Severity severity) const {
  return state_->count_open(
      [=](const Incident& incident) { return incident.severity == severity; });
}

std::size_t IncidentDesk::held_incidents() const {
  return state_->count_open([](const Incident& incident) { return incident.is_held(); });
}

bool IncidentDesk::fires_for(const std::string& route) const {
  return std::ranges::any_of(state_->coverage().of(route),
                             [](const Watched& watched) { return watched.watch.firing(); });
}

config::Duration IncidentDesk::replay_window(const std::string& route) const {
  config::Duration longest{0};
  for (const auto& watched : state_->coverage().of(route)) {
    longest = std::max(longest, watched.watch.window());
  }
  return longest;
}

}  // namespace gatewatch::alerting

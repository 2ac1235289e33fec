#include "alerting/desk_state.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "alerting/history_loss.h"
#include "alerting/notify.h"
#include "alerting/step.h"

namespace gatewatch::alerting {

namespace {

constexpr auto judged_every = std::chrono::seconds(1);  // what time alone changes

// Of a Result or an outline of one.
bool counts_for_rules(const auto& result) {
  return result.outcome != Outcome::Vantage && result.kind != ProbeKind::Manual;
}

bool matches(const config::Rule& rule, const auto& result) {
  return rule.match.contains(result.outcome, result.status, result.cert_expiring);
}

FailingPlace place_of(const Watched& watched) {
  return {watched.route->id(), *watched.gateway, watched.failures.gateways()};
}

// Whether the route may have been in the incident: it has several gateways where it is named after
// their one address.
bool is_at(const Watched& watched, const Incident& incident) {
  return *watched.gateway == incident.gateway || Endpoint::parse(incident.gateway).has_value();
}

// By which an incident of the monitor itself is told.
config::Rule rule_of_monitor(const Incident& incident, const config::Config& config) {
  return incident.gateway == lost_gateway ? loss_rule(config) : blindness_rule(config);
}

}  // namespace

void IncidentDesk::State::restore(const storage::IncidentHistory& history) {
  settings_.last_incident = std::max(settings_.last_incident, history.incident.id);
  auto& incident = incidents_.add(from_history(history));
  if (incident.cause == Cause::Blindness) return restore_blindness(incident);
  for (const auto& rule : coverage_->config().rules) {
    if (rule.name != incident.rule) continue;
    admit_rule(incident, rule);
    incident.cause = cause_of(rule);
    incident.news = {};
  }
  for (const auto& route : history.incident.routes) {
    auto* const watched = coverage_->find(incident.rule, route.route);
    const bool known = watched != nullptr && is_at(*watched, incident);
    if (known) {
      watched->incident = &incident;
      watched->counts = true;
    }
    if (incident.resolved && incident.cause == Cause::Outage) {
      note_recovery(route.route, *incident.resolved);
    }
    if (!route.firing || !incident.is_live()) continue;
    if (!known) {
      incident.closed_by = coverage_->why_unwatched(incident.rule, route.route, incident.gateway);
      continue;
    }
    watched->watch.set_firing(true);
    ++incident.participants.at(route.route).firing_rules;
    ++incident.firing_watches;
    activate(*watched);
  }
}

void IncidentDesk::State::replay(Watched& watched,
                                 const std::vector<storage::ResultOutline>& results,
                                 const Recall& recall) {
  std::vector<const storage::ResultOutline*> found;  // those that matched
  for (const auto& result : results) {
    if (!counts_for_rules(result)) continue;
    const bool match = matches(watched.rule(), result);
    watched.watch.replay(*watched.threshold, coverage_->regions().id_of(result.region),
                         result.started, match, result.started);
    if (match) found.push_back(&result);
    // What came before the newest event was counted when that was stored.
    if (watched.counts && result.started > watched.incident->last_step) count(watched, match);
  }
  if (!found.empty()) activate(watched);
  for (std::size_t index = 0; index < found.size(); ++index) {
    const bool is_evidence = index + FailureLog::newest_kept >= found.size();
    const auto whole = is_evidence ? recall(*found[index]) : std::nullopt;
    if (whole) {
      watched.failures.add(evidence_of(*whole, *watched.route));
    } else {
      watched.failures.count(*found[index]);
    }
  }
}

// Rules that had joined an incident before the restart are its part again, in silence.
void IncidentDesk::State::finish_replay(Timestamp now) {
  if (!std::exchange(replaying_, false)) return;
  incidents_.for_each([&](Incident& incident) {
    for (const auto& [route, participant] : incident.participants) {
      for (const auto& watched : coverage_->of(route)) {
        if (watched.incident != &incident) continue;
        incidents_.joined(incident, place_of(watched), participant.since);
      }
    }
    if (!incident.is_live()) return;
    for (const auto& [route, participant] : incident.participants) {
      if (!participant.firing()) continue;
      for (auto& watched : coverage_->of(route)) {
        if (watched.watch.firing() || watched.cause != incident.cause) continue;
        if (!watched.watch.breaches(*watched.threshold, now)) continue;
        watched.watch.set_firing(true);
        enter_incident(watched, incident, now);
      }
    }
  });
}

Steps IncidentDesk::State::observe(const Result& result, Timestamp now) {
  finish_replay(now);
  Steps steps;
  if (!counts_for_rules(result)) return steps;
  Sighting sighting{
      .result = result, .region = coverage_->regions().id_of(result.region), .evidence = {}};
  for (auto& watched : coverage_->of(result.route)) take(watched, sighting, now, steps);
  return steps;
}

void IncidentDesk::State::take(Watched& watched, Sighting& sighting, Timestamp now, Steps& steps) {
  const auto& result = sighting.result;
  const bool match = matches(watched.rule(), result);
  if (match) {
    if (!sighting.evidence) sighting.evidence = evidence_of(result, *watched.route);
    watched.failures.add(sighting.evidence);
    activate(watched);
  }
  if (watched.counts) count(watched, match);
  const auto change =
      watched.watch.observe(*watched.threshold, sighting.region, result.started, match, now);
  apply(watched, change, now);
  if (change == WatchChange::Fires) {
    note_regions(watched, coverage_->regions());
  } else if (match && watched.watch.firing() && watched.watch.breaches_in(sighting.region)) {
    add_region(*watched.incident, result.route, result.region);
  }
  if (watched.incident != nullptr) tell(*watched.incident, now, steps);
}

void IncidentDesk::State::apply(Watched& watched, WatchChange change, Timestamp now) {
  if (change == WatchChange::Fires) {
    enter_incident(watched,
                   incidents_.home_of(watched.rule(), watched.cause, place_of(watched), now), now);
  } else if (change == WatchChange::Stops) {
    const auto route = watched.route->id();
    leave(*watched.incident, route, {});
    if (watched.cause == Cause::Outage) note_recovery(route, now);
  }
}

void IncidentDesk::State::note_recovery(const std::string& route, Timestamp now) {
  if (!coverage_->dependence().dependents(route).empty()) holds_.note_recovery(route, now);
}

void IncidentDesk::State::enter_incident(Watched& watched, Incident& incident, Timestamp now) {
  const auto since = watched.watch.failing_since(*watched.threshold).value_or(now);
  if (watched.incident != &incident) watched.counts = false;
  watched.incident = &incident;
  incidents_.joined(incident, place_of(watched), now);
  activate(watched);
  if (!join(incident, watched.rule(), watched.route->id(), since)) return;
  watched.counts = true;
  const auto counts = watched.watch.counts_since(since);
  auto& participant = incident.participants.at(watched.route->id());
  participant.probes = counts.samples;
  participant.failures = counts.matches;
}

void IncidentDesk::State::activate(Watched& watched) {
  if (!std::exchange(watched.active, true)) active_.push_back(&watched);
}

// What holds it: nothing where nothing fires any more, for then it is over; and what held it before
// until it is known whether something else does.
void IncidentDesk::State::weigh(Incident& incident, Timestamp now) {
  if (incident.firing_watches == 0) return;
  auto hold = holds_.on(incident, *coverage_, now);
  const bool goes_on = incident.stage == Stage::Open && !incident.held_by.empty();
  if (hold.is_undecided && goes_on) hold = {.by = incident.held_by};
  incident.hold = std::move(hold);
}

void IncidentDesk::State::weigh_all(Timestamp now) {
  incidents_.for_each([&](Incident& incident) { weigh(incident, now); });
}

// An incident is weighed once a second, and before anything is told of it.
void IncidentDesk::State::tell(Incident& incident, Timestamp now, Steps& steps) {
  if (why_to_tell(incident, now) == Why::Silence) return;
  weigh(incident, now);
  const auto why = why_to_tell(incident, now);
  if (why == Why::Silence) return;
  if (why == Why::Opened) ++settings_.last_incident;
  steps.push_back(
      take_step(incident, why, settings_.last_incident, *coverage_, settings_.link_prefix, now));
}

// It goes on until somebody says that the region sees, or until time ends it.
void IncidentDesk::State::restore_blindness(Incident& incident) {
  admit_rule(incident, rule_of_monitor(incident, coverage_->config()));
  incident.news = {};
  incident.firing_watches = incident.is_live() ? 1 : 0;
}

Incident* IncidentDesk::State::find_blindness(const std::string& region) const {
  Incident* found = nullptr;
  incidents_.for_each([&](Incident& incident) {
    const bool is_it = incident.cause == Cause::Blindness && incident.firing_watches > 0;
    if (is_it && incident.gateway == blind_gateway(region)) found = &incident;
  });
  return found;
}

Steps IncidentDesk::State::set_blindness(const std::string& region,
                                         const std::optional<Blindness>& blindness, Timestamp now) {
  finish_replay(now);
  Steps steps;
  auto* incident = find_blindness(region);
  if (blindness) {
    if (incident == nullptr) {
      const auto rule = blindness_rule(coverage_->config());
      incident = &incidents_.home_of(
          rule, Cause::Blindness, {.route = {}, .gateway = blind_gateway(region), .endpoints = {}},
          now);
      if (incident->rules.empty()) incident->since = now;
      admit_rule(*incident, rule);
      incident->firing_watches = 1;
    }
    incident->blindness = *blindness;
  } else if (incident != nullptr) {
    incident->firing_watches = 0;
    tell(*incident, now, steps);
  }
  return steps;
}

bool IncidentDesk::State::is_blind(const std::string& region) const {
  return find_blindness(region) != nullptr;
}

Steps IncidentDesk::State::tick(Timestamp now) {
  finish_replay(now);
  if (now < judged_ || now - judged_ >= judged_every) judge_all(now);
  incidents_.for_each([now](Incident& incident) { end_loss(incident, now); });
  Steps steps;
  tell_all(now, steps);
  incidents_.sweep(now, [this](Incident& incident) { forget(incident); });
  return steps;
}

void IncidentDesk::State::judge_all(Timestamp now) {
  judged_ = now;
  std::erase_if(active_, [&](Watched* watched) {
    if (!watched->watch.is_due(now)) return false;
    apply(*watched, watched->watch.tick(*watched->threshold, now), now);
    if (!watched->watch.is_quiet()) return false;
    watched->failures.clear();
    watched->active = false;
    return true;
  });
  weigh_all(now);
}

// The next tick judges all.
void IncidentDesk::State::set_silences(const std::vector<storage::SilenceRecord>& silences) {
  holds_.set_silences(silences);
  judged_ = {};
}

bool IncidentDesk::State::in_maintenance(const Result& result) {
  const auto* const route = coverage_->route(result.route);
  return route != nullptr && holds_.in_maintenance(*route, result.started);
}

void IncidentDesk::State::tell_all(Timestamp now, Steps& steps) {
  incidents_.for_each([&](Incident& incident) { tell(incident, now, steps); });
}

void IncidentDesk::State::forget(Incident& incident) {
  for (const auto& [route, participant] : incident.participants) {
    for (auto& watched : coverage_->of(route)) {
      if (watched.incident != &incident) continue;
      watched.incident = nullptr;
      watched.counts = false;
    }
  }
}

Steps IncidentDesk::State::acknowledge(std::int64_t id, const Acknowledgement& acknowledgement,
                                       Timestamp now) {
  finish_replay(now);
  Steps steps;
  incidents_.for_each([&](Incident& incident) {
    if (incident.id != id || incident.stage != Stage::Open) return;
    steps.push_back(
        alerting::acknowledge(incident, acknowledgement, *coverage_, settings_.link_prefix, now));
  });
  return steps;
}

Steps IncidentDesk::State::begin_anew(const storage::LostHistory& lost, Timestamp now) {
  Steps steps;
  incidents_.for_each([&](Incident& incident) {
    if (incident.stage != Stage::Open) return;
    steps.push_back(restate(incident, *coverage_, settings_.link_prefix, now));
  });
  auto& incident = incidents_.add(loss_incident(lost, coverage_->config(), now));
  steps.push_back(take_step(incident, Why::Opened, ++settings_.last_incident, *coverage_,
                            settings_.link_prefix, now));
  return steps;
}

Steps IncidentDesk::State::reconfigure(std::shared_ptr<const config::Config> config,
                                       std::string link_prefix, Timestamp now) {
  finish_replay(now);
  settings_.link_prefix = std::move(link_prefix);
  holds_.reconfigure(config);
  auto next = std::make_unique<Coverage>(std::move(config));
  next->take_over(*coverage_);
  for (const auto* const gone : coverage_->all()) {
    if (gone->incident != nullptr && gone->watch.firing()) {
      leave(*gone->incident, gone->route->id(),
            next->why_unwatched(gone->rule().name, gone->route->id(), *gone->gateway));
    }
  }
  coverage_ = std::move(next);
  active_.clear();
  for (auto* const watched : coverage_->all()) {
    if (!watched->watch.is_quiet()) activate(*watched);
  }
  incidents_.for_each([this](Incident& incident) {
    const auto news = incident.news;  // a changed rule is nothing to tell by itself
    incident.channels.clear();
    incident.escalations.clear();
    incident.remind.reset();
    if (incident.cause == Cause::Blindness) {
      admit_rule(incident, rule_of_monitor(incident, coverage_->config()));
    } else {
      for (const auto& rule : coverage_->config().rules) {
        if (incident.rules.contains(rule.name)) admit_rule(incident, rule);
      }
    }
    incident.news = news;
  });
  weigh_all(now);
  Steps steps;
  tell_all(now, steps);
  return steps;
}

}  // namespace gatewatch::alerting

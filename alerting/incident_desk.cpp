#include "alerting/incident_desk.h"

#include <algorithm>
#include <utility>

#include "alerting/coverage.h"
#include "alerting/history_loss.h"
#include "alerting/hold.h"
#include "alerting/incident_list.h"
#include "alerting/notify.h"
#include "alerting/step.h"

namespace gatewatch::alerting {

using Steps = std::vector<storage::IncidentStep>;

constexpr auto judged_every = std::chrono::seconds(1);  // what time alone changes

class IncidentDesk::State {
 public:
  State(std::shared_ptr<const config::Config> config, DeskSettings settings)
      : settings_(std::move(settings)),
        holds_(config),
        coverage_(std::make_unique<Coverage>(std::move(config))) {}

  void restore(const storage::IncidentHistory& history);
  void replay(Watched& watched, const std::vector<storage::ResultOutline>& results,
              const Recall& recall);
  Steps observe(const Result& result, Timestamp now);
  Steps set_blindness(const std::string& region, const std::optional<Blindness>& blindness,
                      Timestamp now);
  [[nodiscard]] bool is_blind(const std::string& region) const;
  Steps tick(Timestamp now);
  Steps acknowledge(std::int64_t id, const Acknowledgement& acknowledgement, Timestamp now);
  Steps reconfigure(std::shared_ptr<const config::Config> config, std::string link_prefix,
                    Timestamp now);

  void set_silences(const std::vector<storage::SilenceRecord>& silences);
  [[nodiscard]] bool in_maintenance(const Result& result);
  Steps begin_anew(const storage::LostHistory& lost, Timestamp now);

  [[nodiscard]] Coverage& coverage() { return *coverage_; }
  [[nodiscard]] std::size_t count_open(auto counts) const {
    std::size_t open = 0;
    incidents_.for_each([&](const Incident& incident) {
      if (incident.stage == Stage::Open && counts(incident)) ++open;
    });
    return open;
  }

 private:
  void take(Watched& watched, const Result& result, Timestamp now, Steps& steps);
  void apply(Watched& watched, WatchChange change, Timestamp now);
  void enter_incident(Watched& watched, Incident& incident, Timestamp now);
  void note_recovery(const std::string& route, Timestamp now);
  void activate(Watched& watched);
  void weigh(Incident& incident, Timestamp now);
  void weigh_all(Timestamp now);
  void tell(Incident& incident, Timestamp now, Steps& steps);
  void tell_all(Timestamp now, Steps& steps);
  void judge_all(Timestamp now);
  void forget(Incident& incident);
  void finish_replay(Timestamp now);
  void restore_blindness(Incident& incident);
  [[nodiscard]] Incident* find_blindness(const std::string& region) const;

  DeskSettings settings_;
  Holds holds_;
  std::unique_ptr<Coverage> coverage_;
  IncidentList incidents_;
  std::vector<Watched*> active_;  // what time may change
  Timestamp judged_;              // when all of these were
  bool replaying_ = true;
};

namespace {

// Of a Result or an outline of one.
bool counts_for_rules(const auto& result) {
  return result.outcome != Outcome::Vantage && result.kind != ProbeKind::Manual;
}

bool matches(const config::Rule& rule, const auto& result) {
  return rule.match.contains(result.outcome, result.status, result.cert_expiring);
}

FailingPlace place_of(const Watched& watched) {
  return {watched.route->id(), watched.gateway, watched.failures.gateways()};
}

// Whether the route may have been in the incident: it has several gateways where it is named after
// their one address.
bool is_at(const Watched& watched, const Incident& incident) {
  return watched.gateway == incident.gateway || Endpoint::parse(incident.gateway).has_value();
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
    watched.watch.replay(*watched.threshold, result.region, result.started, match, result.started);
    if (match) found.push_back(&result);
    // What came before the newest event was counted when that was stored.
    if (watched.counts && result.started > watched.incident->last_step) count(watched, match);
  }
  if (!found.empty()) activate(watched);
  for (std::size_t index = 0; index < found.size(); ++index) {
    const bool is_evidence = index + FailureLog::newest_kept >= found.size();
    const auto whole = is_evidence ? recall(*found[index]) : std::nullopt;
    if (whole) {
      watched.failures.add(*whole, *watched.route);
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
  for (auto& watched : coverage_->of(result.route)) take(watched, result, now, steps);
  return steps;
}

void IncidentDesk::State::take(Watched& watched, const Result& result, Timestamp now,
                               Steps& steps) {
  const bool match = matches(watched.rule(), result);
  if (match) {
    watched.failures.add(result, *watched.route);
    activate(watched);
  }
  if (watched.counts) count(watched, match);
  apply(watched,
        watched.watch.observe(*watched.threshold, result.region, result.started, match, now), now);
  if (match && watched.watch.firing()) note_regions(watched);
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

// What holds it: nothing where nothing fires any more, for then it is over.
void IncidentDesk::State::weigh(Incident& incident, Timestamp now) {
  if (incident.firing_watches > 0) incident.hold = holds_.on(incident, *coverage_, now);
}

void IncidentDesk::State::weigh_all(Timestamp now) {
  incidents_.for_each([&](Incident& incident) { weigh(incident, now); });
}

// An incident is weighed once a second, and before anything is told of it.
void IncidentDesk::State::tell(Incident& incident, Timestamp now, Steps& steps) {
  if (why_to_tell(incident, now) == Why::Silence && !incident.hold.is_undecided) return;
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
            next->why_unwatched(gone->rule().name, gone->route->id(), gone->gateway));
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

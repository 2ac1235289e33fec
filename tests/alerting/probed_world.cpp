#include "tests/alerting/probed_world.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "alerting/replay.h"
#include "tests/fakes/memory_store.h"

namespace gatewatch::tests {
namespace {

constexpr std::chrono::milliseconds latency{20};

}  // namespace

config::Route make_route(const std::string& name, config::Duration interval,
                         const std::string& host) {
  config::Route route;
  route.group = "shop";
  route.name = name;
  route.url.scheme = "https";
  route.url.host = host;
  route.url.port = 443;
  route.url.path = "/" + name;
  route.interval = interval;
  return route;
}

config::Rule make_rule(const std::string& name, const std::string& match) {
  config::Rule rule;
  rule.name = name;
  REQUIRE_FALSE(rule.match.add(match).has_value());
  rule.match_texts = {match};
  rule.notify = {"slack"};
  return rule;
}

std::shared_ptr<config::Config> make_config(std::vector<config::Route> routes,
                                            std::vector<config::Rule> rules) {
  auto config = std::make_shared<config::Config>();
  config->routes = std::move(routes);
  std::ranges::sort(config->routes, {}, [](const config::Route& route) { return route.id(); });
  config->rules = std::move(rules);
  return config;
}

ProbedWorld::ProbedWorld(std::shared_ptr<const config::Config> config, Server server,
                         std::vector<std::string> regions)
    : config_(std::move(config)),
      dependence_(config_->routes),
      server_(std::move(server)),
      regions_(std::move(regions)),
      desk_(std::make_unique<alerting::IncidentDesk>(
          config_, alerting::DeskSettings{.link_prefix = "http://127.0.0.1:9502"})) {
  schedule_all();
}

void ProbedWorld::schedule_all() {
  due_.clear();
  const auto routes = config_->routes.size();
  for (std::size_t route = 0; route < routes; ++route) {
    const std::chrono::microseconds interval = config_->routes[route].interval;
    for (std::size_t region = 0; region < regions_.size(); ++region) {
      const auto slot = route * regions_.size() + region;
      const auto phase = interval * static_cast<std::int64_t>(slot) /
                         static_cast<std::int64_t>(routes * regions_.size());
      // The first turn at or after the tick that comes next.
      const auto turns = (next_tick_ - (world_start + phase)) / interval;
      due_.emplace(world_start + phase + interval * std::max<std::int64_t>(turns, 0),
                   Due{route, region, ProbeKind::Scheduled});
    }
  }
}

void ProbedWorld::run_until(std::chrono::microseconds time) {
  const auto end = world_start + time;
  while (true) {
    const bool ticks = due_.empty() || next_tick_ <= due_.begin()->first;
    const auto now = ticks ? next_tick_ : due_.begin()->first;
    if (now >= end) return;
    if (ticks) {
      take(desk_->tick(now));
      next_tick_ += tick_period_;
      continue;
    }
    const auto due = due_.begin()->second;
    due_.erase(due_.begin());
    probe(due, now);
  }
}

void ProbedWorld::probe(const Due& due, Timestamp now) {
  const auto& route = config_->routes[due.route];
  const auto answer = server_(route.id(), regions_[due.region], now - world_start);
  Result result;
  result.started = now;
  result.route = route.id();
  result.region = regions_[due.region];
  result.kind = due.kind;
  result.outcome = answer.outcome;
  result.status = answer.status;
  result.cert_expiring = answer.cert_expiring;
  if (address_) result.remote = address_(route.url.host);
  if (answer.cert_expiring) {
    result.certificate = CertificateFacts{.not_before = {},
                                          .not_after = world_start + std::chrono::days(10),
                                          .subject = {},
                                          .issuer = {},
                                          .fingerprint = {}};
  }
  result.timings[Phase::Wait] = latency;
  result.trace_id = fmt::format("{:032x}", stored_count_++);
  take(desk_->observe(result, now + latency));
  if (stored_.size() > 1'000'000) stored_.erase(stored_.begin(), stored_.begin() + 500'000);
  stored_.push_back(result);
  if (due.kind == ProbeKind::Scheduled) due_.emplace(now + route.interval, due);
  if (health_[result.route].wants_confirmation(result) && !is_confirming(due.route)) {
    confirm(due.route, now + latency);
    if (result.is_failing()) ask_parents(result.route, now + latency);
  }
}

// As the pipeline does: what a route depends on is asked once, unless it is being asked.
void ProbedWorld::ask_parents(const std::string& route, Timestamp now) {
  for (const auto& parent : dependence_.parents(route)) {
    const auto index = index_of(parent);
    if (is_confirming(index)) continue;
    for (std::size_t region = 0; region < regions_.size(); ++region) {
      due_.emplace(now, Due{index, region, ProbeKind::Confirmation});
    }
  }
}

void ProbedWorld::ask_dependents(const storage::IncidentStep& step) {
  if (step.event.kind != "resolved") return;
  for (const auto& route : step.incident.routes) {
    for (const auto& dependent : dependence_.dependents(route.route)) {
      const auto index = index_of(dependent);
      if (desk_->fires_for(dependent) && !is_confirming(index)) confirm(index, step.event.at);
    }
  }
}

std::size_t ProbedWorld::index_of(const std::string& route) const {
  const auto found = std::ranges::find(config_->routes, route, &config::Route::id);
  REQUIRE(found != config_->routes.end());
  return static_cast<std::size_t>(found - config_->routes.begin());
}

void ProbedWorld::silence(std::vector<storage::SilenceRecord> silences) {
  silences_ = std::move(silences);
  desk_->set_silences(silences_);
}

// A series that is under way goes on instead of another.
bool ProbedWorld::is_confirming(std::size_t route) const {
  return std::ranges::any_of(due_, [route](const auto& entry) {
    return entry.second.route == route && entry.second.kind == ProbeKind::Confirmation;
  });
}

void ProbedWorld::confirm(std::size_t route, Timestamp now) {
  const auto& confirmation = config_->routes[route].confirm;
  for (int turn = 0; turn < confirmation.times; ++turn) {
    for (std::size_t region = 0; region < regions_.size(); ++region) {
      due_.emplace(now + confirmation.every * turn, Due{route, region, ProbeKind::Confirmation});
    }
  }
}

void ProbedWorld::restart(std::chrono::microseconds down_for) {
  MemoryStore store;
  REQUIRE(store.write({.results = stored_, .steps = steps_}));
  desk_ = std::make_unique<alerting::IncidentDesk>(
      config_, alerting::DeskSettings{.link_prefix = "http://127.0.0.1:9502",
                                      .last_incident = store.last_incident_id().value()});
  health_ = {};
  next_tick_ += std::chrono::ceil<std::chrono::seconds>(down_for);
  REQUIRE(alerting::replay(*desk_, *config_, store, next_tick_));
  desk_->set_silences(silences_);
  schedule_all();
}

void ProbedWorld::lose_history() {
  steps_ = desk_->begin_anew({.file = "aside", .damage = "damaged", .at = next_tick_}, next_tick_);
  stored_.clear();
}

void ProbedWorld::reload(std::shared_ptr<const config::Config> config,
                         const std::string& link_prefix) {
  config_ = std::move(config);
  dependence_ = config::Dependence(config_->routes);
  take(desk_->reconfigure(config_, link_prefix, next_tick_ - std::chrono::milliseconds{1}));
  schedule_all();
}

void ProbedWorld::acknowledge(std::int64_t incident,
                              const alerting::Acknowledgement& acknowledgement) {
  take(desk_->acknowledge(incident, acknowledgement, next_tick_ - std::chrono::milliseconds{1}));
}

void ProbedWorld::take(std::vector<storage::IncidentStep> steps) {
  for (auto& step : steps) {
    audit_.check(step);
    ask_dependents(step);
    steps_.push_back(std::move(step));
  }
}

std::vector<std::string> ProbedWorld::kinds() const {
  std::vector<std::string> kinds;
  for (const auto& step : steps_) kinds.push_back(step.event.kind);
  return kinds;
}

std::size_t ProbedWorld::count(const std::string& kind) const {
  return static_cast<std::size_t>(std::ranges::count(
      steps_, kind, [](const storage::IncidentStep& step) { return step.event.kind; }));
}

std::chrono::microseconds ProbedWorld::first(const std::string& kind) const {
  for (const auto& step : steps_) {
    if (step.event.kind == kind) return step.event.at - world_start;
  }
  return std::chrono::microseconds::max();
}

alerting::Notification ProbedWorld::told(std::size_t step, std::size_t delivery) const {
  REQUIRE(step < steps_.size());
  REQUIRE(delivery < steps_[step].deliveries.size());
  const auto read =
      alerting::notification_from_json(steps_[step].deliveries[delivery].notification);
  REQUIRE(read.has_value());
  return *read;
}

}  // namespace gatewatch::tests

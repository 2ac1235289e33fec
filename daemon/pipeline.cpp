#include "daemon/pipeline.h"

#include <chrono>
#include <utility>

namespace gatewatch::daemon {
namespace {

constexpr auto asking_pause = std::chrono::seconds(1);

}  // namespace

Pipeline::Pipeline(const net::Clock& clock, const std::string& region, alerting::IncidentDesk& desk,
                   storage::Recorder& recorder, Probes probes, Observer observer)
    : clock_(clock),
      desk_(desk),
      recorder_(recorder),
      probes_(std::move(probes)),
      observer_(std::move(observer)),
      region_(region,
              {.uplink = {.look = [this](const std::string& route) { return look(route); },
                          .is_known_down =
                              [this](const std::string& route) { return desk_.fires_for(route); },
                          .ask = [this](const std::string& route) { probes_.once(route); }},
               .pass = [this](Result&& result, bool was_asked) {
                 pass(std::move(result), was_asked);
               }}) {}

void Pipeline::set_routes(const std::vector<config::Route>& routes) {
  live_.set(routes, region_.region(), clock_.now());
  dependence_ = config::Dependence(routes);
  asked_.clear();
  region_.set_routes(routes);
  if (std::exchange(has_begun_, true) || !desk_.is_blind(region_.region())) return;
  region_.suppose_blind(clock_.now());
  told_ = region_.blindness().value_or(alerting::Blindness{});
}

void Pipeline::handle(Result result) {
  region_.take(std::move(result), clock_.now());
  tell_blindness();
}

void Pipeline::pass(Result&& result, bool was_asked) {
  auto* const route = live_.observe(result, clock_.now());
  if (route != nullptr) {
    // A probe that others asked for may be the first to see a failure.
    const bool found = was_asked && result.is_failing();
    if (route->health.wants_confirmation(result) || found) {
      probes_.confirm(result.route);
      if (result.is_failing()) ask_parents(result.route);
    }
  }
  result.maintenance = desk_.in_maintenance(result);
  observer_.result(result);
  auto steps = desk_.observe(result, clock_.wall_now());
  recorder_.submit(std::move(result));
  submit(std::move(steps));
}

// Whether what a route depends on fails too is to be known before people are told of the route.
void Pipeline::ask_parents(const std::string& route) {
  for (const auto& parent : dependence_.parents(route)) {
    if (live_.find(parent) == nullptr) continue;
    // However many depend on it, one answer tells of all.
    const auto [asked, is_first] = asked_.try_emplace(parent, clock_.now());
    if (!is_first && clock_.now() - asked->second < asking_pause) continue;
    asked->second = clock_.now();
    probes_.once(parent);
  }
}

// What depends on a route that has recovered need not wait for its turn to be seen doing so.
void Pipeline::ask_dependents(const storage::IncidentStep& step) {
  if (dependence_.empty() || step.incident.state != storage::IncidentState::Resolved) return;
  for (const auto& route : step.incident.routes) {
    for (const auto& dependent : dependence_.dependents(route.route)) {
      if (desk_.fires_for(dependent)) probes_.confirm(dependent);
    }
  }
}

void Pipeline::tick() {
  region_.tick(clock_.now());
  tell_blindness();
  submit(desk_.tick(clock_.wall_now()));
}

void Pipeline::tell_blindness() {
  if (!told_ && region_.sees()) return;  // nearly always
  auto blindness = region_.blindness();
  if (blindness == told_) return;
  told_ = std::move(blindness);
  submit(desk_.set_blindness(region_.region(), told_, clock_.wall_now()));
}

RouteView Pipeline::look(const std::string& route) const {
  const auto* const live = live_.find(route);
  return live == nullptr ? RouteView{} : live->view_from(region_.region());
}

void Pipeline::submit(std::vector<storage::IncidentStep> steps) {
  for (auto& step : steps) {
    ask_dependents(step);
    observer_.step(step);
    recorder_.submit(std::move(step));
  }
}

}  // namespace gatewatch::daemon

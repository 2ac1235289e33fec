#include "daemon/live_routes.h"

#include <algorithm>
#include <utility>

namespace gatewatch::daemon {

std::vector<Result> LiveRoute::last_results() const {
  std::vector<Result> results;
  for (const auto& region : regions) results.push_back(region.last.unpack(id, region.name));
  return results;
}

RouteView LiveRoute::view_from(const std::string& region) const {
  RouteView view;
  const auto found = std::ranges::find(regions, region, &LiveRegion::name);
  if (found == regions.end()) return view;
  const auto& counters = found->counters;
  view.has_result = true;
  view.addresses = found->resolved.list();
  if (found->remote) view.addresses.push_back(*found->remote);
  const auto known = counters.ok + counters.failing;
  if (known == 0) return view;
  view.standing = counters.up ? RouteView::Standing::Well : RouteView::Standing::Failing;
  view.is_quick = counters.duration.sum / known <= RouteView::quick;
  return view;
}

void LiveRoutes::set(const std::vector<config::Route>& routes, const std::string& region,
                     Instant now) {
  const auto before = std::exchange(routes_, {});
  auto list = std::make_shared<List>();
  routes_.reserve(routes.size());
  list->reserve(routes.size());
  for (const auto& configured : routes) {
    const auto id = configured.id();
    const auto known = before.find(id);
    auto route = known == before.end()
                     ? std::make_shared<LiveRoute>(LiveRoute{
                           .id = id, .health = {}, .seen = now, .longest_gap = {}, .regions = {}})
                     : known->second;
    std::optional<config::Duration> longest_gap;
    if (configured.probed_from(region)) {
      longest_gap = 2 * configured.interval + configured.timeout;
    }
    // Nobody promised a result by the new measure before now.
    if (std::exchange(route->longest_gap, longest_gap) != longest_gap) route->seen = now;
    list->push_back(route);
    routes_.emplace(route->id, std::move(route));
  }
  list_ = std::move(list);
}

std::size_t LiveRoutes::overdue(Instant now) const {
  return static_cast<std::size_t>(std::ranges::count_if(*list_, [now](const auto& route) {
    return route->longest_gap && now - route->seen > *route->longest_gap;
  }));
}

LiveRoute* LiveRoutes::observe(const Result& result, Instant now) {
  const auto found = routes_.find(result.route);
  if (found == routes_.end()) return nullptr;
  auto& route = *found->second;
  route.seen = now;
  auto region = std::ranges::find(route.regions, result.region, &LiveRegion::name);
  if (region == route.regions.end()) {
    region = route.regions.insert(region, LiveRegion{.name = result.region});
  }
  if (result.remote) {
    region->remote = result.remote->address;
    region->resolved = result.resolved;
  }
  region->counters.observe(result);
  const bool hides_failure = region->counters.turn.has_failed() && !result.is_failing();
  if (!hides_failure) region->last = LastResult(result);
  if (result.outcome != Outcome::Vantage) {
    auto& phases = phases_[result.region];
    for (std::size_t phase = 0; phase < phase_count; ++phase) {
      const auto duration = result.timings.phases[phase];
      if (duration.count() > 0) phases[phase].add(duration);
    }
  }
  return &route;
}

const LiveRoute* LiveRoutes::find(const std::string& route) const {
  const auto found = routes_.find(route);
  return found == routes_.end() ? nullptr : found->second.get();
}

}  // namespace gatewatch::daemon

// What is known of every configured route since the start: its counters and its newest result by
// region, and whether it is healthy. For /metrics, the API, and the pipeline itself.

#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "config/config.h"
#include "daemon/duration_histogram.h"
#include "daemon/last_result.h"
#include "daemon/route_counters.h"
#include "daemon/route_health.h"
#include "daemon/route_view.h"
#include "probes/result.h"

namespace gatewatch::daemon {

struct LiveRegion {
  std::string name;
  RouteCounters counters{};
  LastResult last{};  // of a turn in which any failed, the newest that did
  // Where the newest result with an address went, and all that its name had then: they outlast
  // those for which name servers had no answer.
  std::optional<IpAddress> remote{};
  ResolvedAddresses resolved{};
};

struct LiveRoute {
  std::string id;
  RouteHealth health;
  Instant seen;  // when its newest result came, or it was configured as it is
  // How long it may be without one: two intervals and a timeout; none where it is not probed here.
  std::optional<config::Duration> longest_gap;
  std::vector<LiveRegion> regions;  // those that a result came from, in the order of their coming

  [[nodiscard]] std::vector<Result> last_results() const;
  // As the region sees it.
  [[nodiscard]] RouteView view_from(const std::string& region) const;
};

// By phase. One that was not reached took no time and is not counted as a fast one.
using PhaseHistograms = std::array<DurationHistogram<std::uint64_t>, phase_count>;

// Belongs to one thread. Bounded by routes × regions.
class LiveRoutes {
 public:
  using List = std::vector<std::shared_ptr<const LiveRoute>>;

  // Which routes are configured, none at first. Those that stay keep what is known of them.
  // `region`: that this process probes from.
  void set(const std::vector<config::Route>& routes, const std::string& region, Instant now);
  // Takes the result into account; where its route is configured, the route, to be looked at.
  LiveRoute* observe(const Result& result, Instant now);
  // How many routes have had no result for too long.
  [[nodiscard]] std::size_t overdue(Instant now) const;

  // nullptr where it is not configured.
  [[nodiscard]] const LiveRoute* find(const std::string& route) const;
  // All of them, in the order of the configuration, as of now: a reload makes another list.
  [[nodiscard]] std::shared_ptr<const List> list() const { return list_; }
  // Of all routes that there ever were, by region.
  [[nodiscard]] const std::map<std::string, PhaseHistograms>& phases() const { return phases_; }

 private:
  std::unordered_map<std::string_view, std::shared_ptr<LiveRoute>> routes_;  // by their own ids
  std::shared_ptr<const List> list_ = std::make_shared<const List>();
  std::map<std::string, PhaseHistograms> phases_;
};

}  // namespace gatewatch::daemon

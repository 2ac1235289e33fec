// What the results of each route and region add up to since the start: the numbers behind
// /metrics. Labels hold configured names alone, never a byte that came from a server.

#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <prometheus/metric_family.h>

#include "daemon/duration_histogram.h"
#include "probes/result.h"

namespace gatewatch::daemon {

// Belongs to one thread. Bounded: per route and region one counter per status code that came
// (the codes of 100 to 599), one per outcome, one histogram per phase.
class RouteMetrics {
 public:
  void observe(const Result& result);
  // The route's series end: it is no longer configured.
  void forget(const std::string& route);
  [[nodiscard]] std::vector<prometheus::MetricFamily> families() const;

 private:
  struct Series {
    std::map<int, std::uint64_t> responses;  // by status
    std::array<std::uint64_t, outcome_count> outcomes{};
    std::array<DurationHistogram, phase_count> phases{};
    DurationHistogram whole;
    bool up = false;
    std::optional<Timestamp> certificate_expiry;

    [[nodiscard]] std::uint64_t count(Outcome outcome) const {
      return outcomes[static_cast<std::size_t>(outcome)];
    }
  };
  using Key = std::pair<std::string, std::string>;  // route, region

  std::map<Key, Series> series_;
};

}  // namespace gatewatch::daemon

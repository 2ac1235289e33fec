// What the results of one route and region add up to since the start: the numbers behind its
// series in /metrics. Bounded, whatever a server sends.

#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

#include "daemon/duration_histogram.h"
#include "daemon/few_counters.h"
#include "daemon/route_turn.h"
#include "probes/result.h"

namespace gatewatch::daemon {

struct RouteCounters {
  // Status codes beyond these come from a server that plays with us.
  static constexpr std::size_t codes_kept = 16;

  FewCounters<std::uint16_t, codes_kept> responses;  // by status code
  FewCounters<Outcome, outcome_count> failures;      // by reason
  std::uint32_t ok = 0;
  std::uint32_t failing = 0;
  std::uint32_t unknown = 0;  // for a fault of our own
  DurationHistogram<std::uint32_t> duration;
  std::array<std::chrono::microseconds, phase_count> phases{};  // sums
  std::optional<Timestamp> certificate_expiry;
  RouteTurn turn;   // the newest one
  bool up = false;  // no result of the newest turn failed; as before it while that may change

  void observe(const Result& result);
};

}  // namespace gatewatch::daemon

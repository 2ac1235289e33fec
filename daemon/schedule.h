// When a route is due: pure arithmetic. The k-th probe is due at phase + k × interval after the
// Unix epoch, so a restart keeps every due time, that of a 30-hour interval too. The wall clock is
// read once, at the start; from then on turns are counted on the monotonic clock, which no clock
// step moves.

#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "config/units.h"
#include "probes/time.h"

namespace gatewatch::daemon {

// Due times that share a tick start together: one wake-up of the loop serves them all.
inline constexpr std::chrono::milliseconds schedule_tick{10};

// The two clocks read at the same moment.
struct ScheduleAnchor {
  Timestamp wall;
  Instant monotonic;
};

// Where in its interval a route is due: a hash of its id spreads routes evenly, and the regions of
// one route divide the interval between them, so that R regions see a failure within interval / R.
// Whole ticks, where the interval is that long.
[[nodiscard]] config::Duration schedule_phase(std::string_view route, config::Duration interval,
                                              int region_slot = 0, int region_slots = 1);

// The turns of one route.
class Schedule {
 public:
  Schedule(const ScheduleAnchor& anchor, config::Duration interval, config::Duration phase);

  // The first turn that is due at `now` or later.
  [[nodiscard]] std::int64_t first_turn(Instant now) const;
  [[nodiscard]] Instant due(std::int64_t turn) const;

 private:
  Instant epoch_;  // the Unix epoch plus the phase, as the monotonic clock would have read then
  std::chrono::nanoseconds interval_;
};

// FNV-1a with an avalanche at its end: stable for ever, since schedules depend on it.
[[nodiscard]] std::uint64_t stable_hash(std::string_view text) noexcept;

}  // namespace gatewatch::daemon

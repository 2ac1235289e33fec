// The two times. A Timestamp is the wall clock: shown and stored, may jump. An Instant is the
// monotonic clock: schedules, deadlines and durations use it alone; it does not count a suspend.

#pragma once

#include <chrono>
#include <cstdint>

namespace gatewatch {

using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

struct MonotonicClock {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = std::chrono::nanoseconds;
  using time_point = std::chrono::time_point<MonotonicClock, duration>;
  static constexpr bool is_steady = true;
};
using Instant = MonotonicClock::time_point;

}  // namespace gatewatch

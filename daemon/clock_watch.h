// Whether the machine slept, or somebody set its clock: the three clocks of the system held against
// each other. Pure. Schedules and durations know nothing of either, since they use the monotonic
// clock; but what the wall clock says of certificates and of the age of results is then in doubt.

#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

#include "probes/net/network.h"
#include "probes/time.h"

namespace gatewatch::daemon {

struct ClockReading {
  Instant monotonic;
  Instant boot;  // goes on in a suspend
  Timestamp wall;
};

// As if all were read at the same moment.
[[nodiscard]] ClockReading read_clocks(const net::Clock& clock);

struct ClockJump {
  enum class Kind : std::uint8_t { Suspend, Forward, Backward };
  Kind kind;
  std::chrono::microseconds by;  // how far, without a sign
};
[[nodiscard]] std::string_view clock_jump_name(ClockJump::Kind kind) noexcept;  // "suspend", …

class ClockWatch {
 public:
  // What is less than this is a clock that is being kept right.
  static constexpr std::chrono::seconds least_jump{1};
  // For so long a clock that was set is not believed alone: it may be set right again.
  static constexpr std::chrono::hours doubt{24};

  explicit ClockWatch(const ClockReading& start) : last_(start) {}

  // What happened since the look before.
  [[nodiscard]] std::vector<ClockJump> look(const ClockReading& now);
  // What the wall clock would show had it not been set, as long as that is in doubt; else `now`'s.
  [[nodiscard]] Timestamp expected_wall(const ClockReading& now) const;
  [[nodiscard]] const ClockReading& last() const { return last_; }

 private:
  struct Step {
    Instant at;  // on the clock since boot
    std::chrono::microseconds by;
  };

  ClockReading last_;
  std::vector<Step> steps_;  // of the last day; few
};

}  // namespace gatewatch::daemon

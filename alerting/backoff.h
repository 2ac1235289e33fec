// How the outbox spaces what it sends: back-off between the attempts of a delivery, and the pace
// of a channel. Pure: time and chance come as arguments.

#pragma once

#include <chrono>
#include <optional>

#include "probes/time.h"

namespace gatewatch::alerting {

struct OutboxLimits {
  std::chrono::milliseconds first_retry{1'000};      // doubles each time, with ±20 % jitter
  std::chrono::milliseconds longest_retry{300'000};  // 5 min; caps Retry-After too
  std::chrono::hours give_up{24};                    // after the delivery was created
  std::chrono::hours last_chance{1};                 // but not before this much of the current run
  int burst = 5;                                     // sends that may go ahead of the pace
  int in_flight = 4;  // sends at once to a channel that answers; any other gets them one by one
};

// The wait before the next attempt, after `failures` (1 at least) of them. `chance` is within
// [0, 1). What the receiver asked for only lengthens it.
[[nodiscard]] std::chrono::milliseconds retry_delay(const OutboxLimits& limits, int failures,
                                                    std::optional<std::chrono::seconds> retry_after,
                                                    double chance);

// A token bucket that begins full: `burst` sends at once, then one each `pace`.
class Pace {
 public:
  Pace(std::chrono::nanoseconds pace, int burst, Instant now);

  // When the next send may go: `now` or later.
  [[nodiscard]] Instant next(Instant now) const;
  // The same for a receiver that is failing, which gets no burst.
  [[nodiscard]] Instant next_without_burst(Instant now) const;
  void sent(Instant now);

 private:
  std::chrono::nanoseconds pace_;
  std::chrono::nanoseconds ahead_;  // how far sends may run ahead
  Instant paced_;                   // when the next send would be due at the pace alone
  Instant rested_;                  // a pace after the last send
};

}  // namespace gatewatch::alerting

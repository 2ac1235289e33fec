// What happened to us while a probe ran: we stood still (a stopped process, a blocked loop), the
// machine slept, its clock was set. What a result says of its target may then be our own doing. Of
// one probe thread; pure, time comes with each call. A result that is ok costs nothing here.

#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "daemon/clock_watch.h"
#include "probes/result.h"
#include "probes/target.h"

namespace gatewatch::daemon {

class Disturbances {
 public:
  static constexpr std::chrono::milliseconds look_period{200};
  // Coming so much too late to a look is a stall.
  static constexpr std::chrono::milliseconds least_stall{200};

  explicit Disturbances(const ClockReading& start);

  // Once in a look_period.
  void look(const ClockReading& now);
  // Whether judge() may have something to say.
  [[nodiscard]] static bool concern(const Result& result) {
    return result.outcome != Outcome::Ok || result.cert_expiring;
  }
  // As soon as the result is there. Where it is rather ours it becomes `vantage`, with the reason
  // "stalled", "suspended" or "clock_jump"; a warning of a certificate that our clock alone gave
  // is taken back.
  void judge(Result& result, const Target& target, const ClockReading& now);

 private:
  struct Gap {
    Instant from;
    Instant to;
    bool is_suspend;
  };

  void note(const ClockReading& now);
  [[nodiscard]] std::chrono::nanoseconds stalled_since(Instant began) const;
  [[nodiscard]] bool slept_since(Instant began) const;
  void judge_certificate(Result& result, const Target& target, const ClockReading& now) const;

  ClockWatch clocks_;
  Instant next_look_;
  std::vector<Gap> gaps_;  // the newest few
};

}  // namespace gatewatch::daemon

// How long each phase took. Times are cut to whole microseconds at the phase changes, not after
// subtracting, so that the phases add up to the duration exactly.

#pragma once

#include <chrono>

#include "probes/result.h"
#include "probes/time.h"

namespace gatewatch {

class PhaseClock {
 public:
  void start(Instant now) {
    began_ = now;
    since_ = std::chrono::microseconds{0};
  }
  // Time up to `now` was `current`'s; phases that come again (redirect hops) add up.
  void charge(Phase current, Instant now) {
    const auto elapsed = std::chrono::floor<std::chrono::microseconds>(now - began_);
    timings_[current] += elapsed - since_;
    since_ = elapsed;
  }
  [[nodiscard]] const Timings& timings() const { return timings_; }

 private:
  Instant began_;
  std::chrono::microseconds since_{0};
  Timings timings_;
};

}  // namespace gatewatch

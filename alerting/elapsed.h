// Whether a stretch of wall-clock time has passed. The wall clock may jump: a step back by at
// least the stretch counts as passed, for nothing may wait for years because a clock was wrong.

#pragma once

#include <chrono>

#include "probes/time.h"

namespace gatewatch::alerting {

[[nodiscard]] inline bool has_passed(Timestamp from, Timestamp now,
                                     std::chrono::microseconds stretch) {
  return std::chrono::abs(now - from) >= stretch;
}

}  // namespace gatewatch::alerting

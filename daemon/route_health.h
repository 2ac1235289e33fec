// Whether a result says that a route begins or ceases to fail, which asks for confirmations, so
// that rules have their samples in seconds whatever the interval. Pure.

#pragma once

#include <cstdint>

#include "probes/result.h"

namespace gatewatch::daemon {

// Of one route.
class RouteHealth {
 public:
  // Whether this result asks for confirmations: the first failure of a healthy route does, and so
  // does the first success after a failure that others had confirmed. A route is healthy until a
  // result fails, and again after a scheduled result that does not: no confirmation begins or ends
  // anything. Of a turn with several results the last one is asked, and one that failed is enough.
  [[nodiscard]] bool wants_confirmation(const Result& result);

 private:
  enum class State : std::uint8_t { Healthy, FailedOnce, Failing };
  State state_ = State::Healthy;
  bool turn_failed_ = false;  // a result of the turn that goes on
};

}  // namespace gatewatch::daemon

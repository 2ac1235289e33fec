// Whether a failing result is the first of a healthy route, which asks for confirmations. Pure.

#pragma once

#include "probes/result.h"

namespace gatewatch::daemon {

// Of one route.
class RouteHealth {
 public:
  // Whether this result asks for confirmations. A route is healthy until a result fails, and
  // again after a scheduled result that does not: the confirmations themselves never ask for more.
  [[nodiscard]] bool wants_confirmation(const Result& result);

 private:
  bool failing_ = false;
};

}  // namespace gatewatch::daemon

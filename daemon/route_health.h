// Whether a failing result is the first of a healthy route, which asks for confirmations. Pure.

#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

#include "probes/result.h"

namespace gatewatch::daemon {

// Belongs to one thread. Bounded by the number of routes.
class RouteHealth {
 public:
  // Whether this result asks for confirmations. A route is healthy until a result fails, and
  // again after a scheduled result that does not: the confirmations themselves never ask for more.
  [[nodiscard]] bool wants_confirmation(const Result& result);
  void forget(const std::string& route);

 private:
  std::unordered_map<std::string, bool> failing_;
};

}  // namespace gatewatch::daemon

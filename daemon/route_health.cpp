#include "daemon/route_health.h"

#include <utility>

namespace gatewatch::daemon {

bool RouteHealth::wants_confirmation(const Result& result) {
  if (result.outcome == Outcome::Vantage || result.kind == ProbeKind::Manual) return false;
  bool& failing = failing_[result.route];
  if (!result.is_failing()) {
    if (result.kind == ProbeKind::Scheduled) failing = false;
    return false;
  }
  return !std::exchange(failing, true);
}

void RouteHealth::forget(const std::string& route) {
  failing_.erase(route);
}

}  // namespace gatewatch::daemon

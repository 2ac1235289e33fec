#include "daemon/route_health.h"

#include <utility>

namespace gatewatch::daemon {

bool RouteHealth::wants_confirmation(const Result& result) {
  if (result.outcome == Outcome::Vantage || result.kind == ProbeKind::Manual) return false;
  if (!result.is_failing()) {
    if (result.kind == ProbeKind::Scheduled) failing_ = false;
    return false;
  }
  return !std::exchange(failing_, true);
}

}  // namespace gatewatch::daemon

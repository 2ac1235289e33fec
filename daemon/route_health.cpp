#include "daemon/route_health.h"

#include <utility>

namespace gatewatch::daemon {

bool RouteHealth::wants_confirmation(const Result& result) {
  if (result.outcome == Outcome::Vantage || result.kind == ProbeKind::Manual) return false;
  if (result.is_failing()) {
    const auto before =
        std::exchange(state_, state_ == State::Healthy ? State::FailedOnce : State::Failing);
    return before == State::Healthy;
  }
  if (result.kind != ProbeKind::Scheduled) return false;
  return std::exchange(state_, State::Healthy) == State::Failing;
}

}  // namespace gatewatch::daemon

#include "daemon/route_health.h"

#include <utility>

namespace gatewatch::daemon {

bool RouteHealth::wants_confirmation(const Result& result) {
  if (result.kind == ProbeKind::Manual) return false;
  if (result.turn_goes_on) {
    turn_failed_ |= result.is_failing();
    return false;
  }
  const bool others_failed = std::exchange(turn_failed_, false);
  if (result.outcome == Outcome::Vantage && !others_failed) return false;
  if (result.is_failing() || others_failed) {
    const auto before =
        std::exchange(state_, state_ == State::Healthy ? State::FailedOnce : State::Failing);
    return before == State::Healthy;
  }
  if (result.kind != ProbeKind::Scheduled) return false;
  return std::exchange(state_, State::Healthy) == State::Failing;
}

}  // namespace gatewatch::daemon

#include "daemon/route_health.h"

#include <utility>

namespace gatewatch::daemon {

bool RouteHealth::wants_confirmation(const Result& result) {
  if (result.kind == ProbeKind::Manual) return false;
  turn_.add(result);
  if (!turn_.is_over() || !turn_.is_known()) return false;
  if (turn_.has_failed() && result.kind == ProbeKind::Confirmation) {
    state_ = State::Failing;
    return false;
  }
  if (turn_.has_failed()) {
    const auto before =
        std::exchange(state_, state_ == State::Healthy ? State::FailedOnce : State::Failing);
    return before == State::Healthy;
  }
  if (result.kind != ProbeKind::Scheduled) return false;
  return std::exchange(state_, State::Healthy) == State::Failing;
}

}  // namespace gatewatch::daemon

#include "daemon/route_health.h"

#include <utility>

namespace gatewatch::daemon {

bool RouteHealth::wants_confirmation(const Result& result) {
  if (result.kind == ProbeKind::Manual) return false;
  auto& [state, turn_failed] = routes_[result.route];
  if (result.turn_goes_on) {
    turn_failed |= result.is_failing();
    return false;
  }
  const bool others_failed = std::exchange(turn_failed, false);
  if (result.outcome == Outcome::Vantage && !others_failed) return false;
  if (result.is_failing() || others_failed) {
    const auto before =
        std::exchange(state, state == State::Healthy ? State::FailedOnce : State::Failing);
    return before == State::Healthy;
  }
  if (result.kind != ProbeKind::Scheduled) return false;
  return std::exchange(state, State::Healthy) == State::Failing;
}

void RouteHealth::forget(const std::string& route) {
  routes_.erase(route);
}

}  // namespace gatewatch::daemon

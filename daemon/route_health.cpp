#include "daemon/route_health.h"

#include <utility>

namespace gatewatch::daemon {

bool RouteHealth::wants_confirmation(const Result& result) {
  if (result.outcome == Outcome::Vantage || result.kind == ProbeKind::Manual) return false;
  auto& state = states_[result.route];
  if (result.is_failing()) {
    const auto before =
        std::exchange(state, state == State::Healthy ? State::FailedOnce : State::Failing);
    return before == State::Healthy;
  }
  if (result.kind != ProbeKind::Scheduled) return false;
  return std::exchange(state, State::Healthy) == State::Failing;
}

void RouteHealth::forget(const std::string& route) {
  states_.erase(route);
}

}  // namespace gatewatch::daemon

#include "daemon/route_health.h"

#include <algorithm>
#include <utility>

namespace gatewatch::daemon {

bool RouteHealth::wants_confirmation(const Result& result) {
  if (result.kind == ProbeKind::Manual) return false;
  turn_.add(result);
  const bool is_turn = result.kind == ProbeKind::Scheduled;
  if (is_turn && result.is_failing()) brings_other_ = is_new(result) || brings_other_;
  if (!turn_.is_over() || !turn_.is_known()) return false;
  if (turn_.has_failed() && !is_turn) {
    state_ = State::Failing;
    return false;
  }
  const bool is_other = std::exchange(brings_other_, false);
  if (turn_.has_failed()) {
    const auto before =
        std::exchange(state_, state_ == State::Healthy ? State::FailedOnce : State::Failing);
    return before == State::Healthy || is_other;
  }
  if (!is_turn) return false;
  return std::exchange(state_, State::Healthy) == State::Failing;
}

bool RouteHealth::is_new(const Result& failure) {
  if (state_ == State::Healthy && !brings_other_) kinds_seen_ = 0;
  const Kind kind{failure.outcome, static_cast<std::int16_t>(failure.status)};
  auto* const end = kinds_.begin() + kinds_seen_;
  if (end == kinds_.end() || std::find(kinds_.begin(), end, kind) != end) return false;
  kinds_[kinds_seen_++] = kind;
  return true;
}

}  // namespace gatewatch::daemon

#include "daemon/route_turn.h"

#include <utility>

namespace gatewatch::daemon {

void RouteTurn::add(const Result& result) {
  if (std::exchange(over_, !result.turn_goes_on)) failed_ = known_ = false;
  failed_ |= result.is_failing();
  known_ |= result.outcome != Outcome::Vantage;
}

}  // namespace gatewatch::daemon

#include "daemon/route_turn.h"

#include <doctest/doctest.h>

using namespace gatewatch;
using namespace gatewatch::daemon;

namespace {

Result result_of(Outcome outcome, bool turn_goes_on) {
  Result result;
  result.outcome = outcome;
  result.turn_goes_on = turn_goes_on;
  return result;
}

}  // namespace

TEST_CASE("one result that fails is enough for its turn, and says nothing of the next") {
  RouteTurn turn;
  turn.add(result_of(Outcome::Timeout, true));
  CHECK_FALSE(turn.is_over());
  CHECK(turn.has_failed());
  turn.add(result_of(Outcome::Ok, false));
  CHECK(turn.is_over());
  CHECK(turn.has_failed());
  turn.add(result_of(Outcome::Ok, false));
  CHECK_FALSE(turn.has_failed());
}

TEST_CASE("a turn of our own faults alone is not known") {
  RouteTurn turn;
  turn.add(result_of(Outcome::Vantage, true));
  CHECK_FALSE(turn.is_known());
  turn.add(result_of(Outcome::Ok, true));
  turn.add(result_of(Outcome::Vantage, false));
  CHECK(turn.is_known());
  CHECK_FALSE(turn.has_failed());
  turn.add(result_of(Outcome::Vantage, false));
  CHECK_FALSE(turn.is_known());
}

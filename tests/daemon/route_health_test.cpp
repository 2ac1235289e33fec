#include "daemon/route_health.h"

#include <doctest/doctest.h>

using namespace gatewatch;
using namespace gatewatch::daemon;

namespace {

Result result_of(Outcome outcome, ProbeKind kind = ProbeKind::Scheduled) {
  Result result;
  result.route = "shop/checkout";
  result.outcome = outcome;
  result.kind = kind;
  return result;
}

}  // namespace

TEST_CASE("the first failure of a healthy route asks for confirmations, the next ones do not") {
  RouteHealth health;
  CHECK_FALSE(health.wants_confirmation(result_of(Outcome::Ok)));
  CHECK(health.wants_confirmation(result_of(Outcome::StatusMismatch)));
  CHECK_FALSE(health.wants_confirmation(result_of(Outcome::StatusMismatch)));
  CHECK_FALSE(
      health.wants_confirmation(result_of(Outcome::StatusMismatch, ProbeKind::Confirmation)));
}

TEST_CASE("a clean confirmation does not make the route healthy, a clean turn does") {
  RouteHealth health;
  CHECK(health.wants_confirmation(result_of(Outcome::Timeout)));
  CHECK_FALSE(health.wants_confirmation(result_of(Outcome::Ok, ProbeKind::Confirmation)));
  CHECK_FALSE(health.wants_confirmation(result_of(Outcome::Timeout)));
}

TEST_CASE("a lone failure is over without further confirmations") {
  RouteHealth health;
  CHECK(health.wants_confirmation(result_of(Outcome::Timeout)));
  CHECK_FALSE(health.wants_confirmation(result_of(Outcome::Ok, ProbeKind::Confirmation)));
  CHECK_FALSE(health.wants_confirmation(result_of(Outcome::Ok)));
  CHECK(health.wants_confirmation(result_of(Outcome::Timeout)));
}

TEST_CASE("the first clean turn after a confirmed failure asks for confirmations, once") {
  RouteHealth health;
  CHECK(health.wants_confirmation(result_of(Outcome::Timeout)));
  CHECK_FALSE(health.wants_confirmation(result_of(Outcome::Timeout, ProbeKind::Confirmation)));
  CHECK_FALSE(health.wants_confirmation(result_of(Outcome::Ok, ProbeKind::Confirmation)));
  CHECK(health.wants_confirmation(result_of(Outcome::Ok)));
  CHECK_FALSE(health.wants_confirmation(result_of(Outcome::Ok, ProbeKind::Confirmation)));
  CHECK_FALSE(health.wants_confirmation(result_of(Outcome::Ok)));
  CHECK(health.wants_confirmation(result_of(Outcome::Timeout)));
}

TEST_CASE("one address of several that keeps failing is confirmed once") {
  RouteHealth health;
  const auto turn = [&health](Outcome first, Outcome last) {
    auto result = result_of(first);
    result.turn_goes_on = true;
    CHECK_FALSE(health.wants_confirmation(result));
    return health.wants_confirmation(result_of(last));
  };
  CHECK(turn(Outcome::Timeout, Outcome::Ok));
  CHECK_FALSE(turn(Outcome::Ok, Outcome::Timeout));
  CHECK_FALSE(turn(Outcome::Timeout, Outcome::Vantage));
  CHECK(turn(Outcome::Ok, Outcome::Ok));
  CHECK(turn(Outcome::Ok, Outcome::Timeout));
}

TEST_CASE("our own faults and manual probes ask for nothing") {
  RouteHealth health;
  CHECK_FALSE(health.wants_confirmation(result_of(Outcome::Vantage)));
  CHECK_FALSE(health.wants_confirmation(result_of(Outcome::Timeout, ProbeKind::Manual)));
  CHECK(health.wants_confirmation(result_of(Outcome::Timeout)));
}

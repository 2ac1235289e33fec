#include "daemon/route_counters.h"

#include <chrono>

#include <doctest/doctest.h>

#include "tests/daemon/bad_gateway.h"

using namespace gatewatch;
using namespace gatewatch::daemon;
using gatewatch::tests::bad_gateway;
using namespace std::chrono_literals;

TEST_CASE("a result counts by its status, its reason and its phases") {
  RouteCounters counters;
  counters.observe(bad_gateway());
  counters.observe(bad_gateway());
  REQUIRE(counters.responses.all().size() == 1);
  CHECK(counters.responses.all()[0].key == 502);
  CHECK(counters.responses.all()[0].count == 2);
  REQUIRE(counters.failures.all().size() == 1);
  CHECK(counters.failures.all()[0].key == Outcome::StatusMismatch);
  CHECK(counters.failing == 2);
  CHECK_FALSE(counters.up);
  CHECK(counters.duration.sum == 64ms);
  CHECK(counters.duration.counts[3] == 2);
  CHECK(counters.phases[static_cast<std::size_t>(Phase::Wait)] == 60ms);
}

TEST_CASE("our own fault is counted as a result and says nothing of the route") {
  RouteCounters counters;
  Result result;
  result.status = 200;
  counters.observe(result);
  result.outcome = Outcome::Vantage;
  result.status = 0;
  result.timings[Phase::Dns] = 1s;
  counters.observe(result);
  CHECK(counters.up);
  CHECK(counters.ok == 1);
  CHECK(counters.unknown == 1);
  CHECK(counters.failing == 0);
  CHECK(counters.failures.all().empty());
  CHECK(counters.duration.sum == 0s);
}

TEST_CASE("a route of several addresses is up where no result of its newest turn failed") {
  RouteCounters counters;
  const auto observe = [&counters](Outcome outcome, bool turn_goes_on) {
    Result result;
    result.outcome = outcome;
    result.turn_goes_on = turn_goes_on;
    counters.observe(result);
    return counters.up;
  };
  CHECK_FALSE(observe(Outcome::Timeout, true));
  CHECK_FALSE(observe(Outcome::Ok, false));
  CHECK_FALSE(observe(Outcome::Ok, true));  // another address of this turn may fail
  CHECK(observe(Outcome::Ok, false));
  CHECK(observe(Outcome::Ok, true));
  CHECK(observe(Outcome::Vantage, false));
  CHECK_FALSE(observe(Outcome::Timeout, true));
  CHECK_FALSE(observe(Outcome::Vantage, false));
}

TEST_CASE("the newest certificate that was seen stays known through failures") {
  RouteCounters counters;
  auto result = bad_gateway();
  result.certificate = CertificateFacts{{}, Timestamp(5s), {}, {}, {}};
  counters.observe(result);
  counters.observe(bad_gateway());
  CHECK(counters.certificate_expiry == Timestamp(5s));
}

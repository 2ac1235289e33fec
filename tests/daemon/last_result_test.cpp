#include "daemon/last_result.h"

#include <chrono>

#include <doctest/doctest.h>

#include "tests/fakes/sample_results.h"

using namespace gatewatch;
using namespace gatewatch::daemon;
using namespace std::chrono_literals;
using gatewatch::tests::sample_failure;
using gatewatch::tests::sample_time;

TEST_CASE("a result comes out as it went in, but for its evidence") {
  auto result = sample_failure("shop/checkout", sample_time());
  result.turn_goes_on = true;
  result.resolved = ResolvedAddresses({IpAddress::parse("192.0.2.1").value()});
  result.addresses_changed = true;
  result.maintenance = true;
  result.broken_family = IpFamily::V6;
  auto expected = result;
  expected.evidence.reset();
  CHECK(LastResult(result).unpack(result.route, result.region) == expected);
  CHECK(LastResult(Result{}).unpack({}, {}) == Result{});
}

TEST_CASE("a phase of days is cut, not wrapped") {
  auto result = sample_failure("shop/checkout", sample_time());
  result.timings[Phase::Wait] = 72h;
  CHECK(LastResult(result).unpack({}, {}).timings[Phase::Wait] == 1h);
}

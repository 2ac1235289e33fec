// How often noise opens an incident that no outage stands behind.

#include <random>
#include <string>

#include <doctest/doctest.h>

#include "tests/alerting/probed_world.h"

using namespace gatewatch;
using namespace gatewatch::tests;
using namespace std::chrono_literals;

namespace {

constexpr config::Duration year = 24h * 365;

std::size_t openings_by_noise(config::Duration interval, double share, config::Duration time,
                              unsigned seed) {
  std::mt19937 random(seed);
  std::bernoulli_distribution fails(share);
  ProbedWorld world(
      make_config({make_route("checkout", interval)}, {make_rule("bad-gateway", "bad_gateway")}),
      [&](const std::string&, const std::string&, std::chrono::microseconds) {
        return fails(random) ? bad_gateway : ok;
      });
  world.tick_every(60s);
  world.run_until(time);
  return world.count("opened") + world.count("reopened");
}

}  // namespace

// At 30 s a window holds ten results, and five more where a failure was confirmed; two failures
// are over 5 % with 95 % confidence among at most 13 results: a failure opens an incident where one
// of the next three results fails too, that is in 0.3 % of cases. A year has 1,051 lone failures:
// 3.2 openings are expected, more than 12 come once in 30,000 years (Poisson).
TEST_CASE("a year of one failure in a thousand, probed every 30 s, opens almost nothing") {
  const auto openings = openings_by_noise(30s, 0.001, year, 1);
  MESSAGE("openings in a year of 0.1 % noise at 30 s: ", openings);
  CHECK(openings <= 12);
}

// At 5 min a window holds one result and the confirmations of its failure alone: two of six are
// enough. A year has 105 lone failures, one in 200 followed by another among its confirmations:
// 0.5 openings are expected, more than 4 come once in 4,000 years.
TEST_CASE("a year of one failure in a thousand, probed every 5 min, opens almost nothing") {
  const auto openings = openings_by_noise(5min, 0.001, year, 2);
  MESSAGE("openings in a year of 0.1 % noise at 5 min: ", openings);
  CHECK(openings <= 4);
}

// At 10 s a window holds 30 results and more, where it takes four failures: a failure has three
// others beside it in 0.0006 % of cases, which opens an incident once in 50 years; three in a row
// are one result in a billion.
TEST_CASE("a month of one failure in a thousand, probed every 10 s, opens nothing") {
  CHECK(openings_by_noise(10s, 0.001, 24h * 30, 3) == 0);
}

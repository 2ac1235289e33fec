#include "alerting/power.h"

#include <algorithm>
#include <random>
#include <string>

#include <doctest/doctest.h>

#include "tests/alerting/probed_world.h"

using namespace gatewatch;
using namespace gatewatch::tests;
using namespace std::chrono_literals;

namespace {

config::Rule down() {
  auto rule = make_rule("down", "failing");
  rule.rate = 0.5;
  rule.window = 3min;
  return rule;
}

// How many of `runs` routes that fail by chance open an incident within `time`, in the real desk.
int openings(const config::Rule& rule, config::Duration interval, double rate,
             std::chrono::seconds time, int runs) {
  int opened = 0;
  for (int run = 0; run < runs; ++run) {
    std::mt19937 random(static_cast<unsigned>(run));
    std::bernoulli_distribution fails(rate);
    ProbedWorld world(make_config({make_route("checkout", interval)}, {rule}),
                      [&](const std::string&, const std::string&, std::chrono::microseconds at) {
                        return at >= 10min && fails(random) ? bad_gateway : ok;
                      });
    world.tick_every(5s);
    world.run_until(10min + time + 7s);
    opened += world.count("opened") > 0 ? 1 : 0;
  }
  return opened;
}

}  // namespace

TEST_CASE("a total outage fires a rule as late as is said, and no later") {
  for (const auto interval : {config::Duration(1s), config::Duration(10s), config::Duration(30s),
                              config::Duration(5min)}) {
    for (const auto& rule : {make_rule("bad-gateway", "bad_gateway"), down()}) {
      CAPTURE(interval.count());
      CAPTURE(rule.name);
      const auto route = make_route("checkout", interval);
      const auto power = alerting::power_of(rule, route);
      CHECK(power.silent_outage > power.outage);
      std::chrono::microseconds latest{0};
      for (int phase = 0; phase < 20; ++phase) {
        const auto begin = 1h + 1us + std::chrono::microseconds(interval) * phase / 20;
        ProbedWorld world(make_config({route}, {rule}), [&](const std::string&, const std::string&,
                                                            std::chrono::microseconds at) {
          return at >= begin ? bad_gateway : ok;
        });
        world.run_until(begin + 2 * interval + 1min);
        REQUIRE(world.count("opened") == 1);
        latest = std::max(latest, world.first("opened") - begin);
      }
      // What is told has settled for half a second, and waited for a tick.
      CHECK(latest <= power.outage + 1'600ms);
      CHECK(latest >= power.outage - interval / 20);
    }
  }
}

TEST_CASE("the rate that is said to be seen is seen, and one of a quarter often is not") {
  for (const auto interval : {config::Duration(10s), config::Duration(30s)}) {
    for (const auto& rule : {make_rule("bad-gateway", "bad_gateway"), down()}) {
      CAPTURE(interval.count());
      CAPTURE(rule.name);
      const auto power = alerting::power_of(rule, make_route("checkout", interval));
      REQUIRE(power.within_hour.has_value());
      CHECK(openings(rule, interval, *power.within_hour, 1h, 200) >=
            182);  // 190 expected; 5 in 1000
      CHECK(openings(rule, interval, *power.within_hour / 4, 1h, 100) < 80);
      CHECK(power.within_day < power.within_hour);
    }
  }
}

TEST_CASE("what comes too seldom is not said to be seen") {
  auto rule = make_rule("certificate", "cert_expiring");
  rule.window = 48h;
  const auto power = alerting::power_of(rule, make_route("checkout", 12h));
  CHECK(power.outage == 36h);
  CHECK_FALSE(power.within_hour.has_value());
  CHECK_FALSE(power.within_day.has_value());
}

TEST_CASE("long windows and long runs take no time to work out") {
  auto rule = make_rule("slow-burn", "failing");
  rule.window = 24h;
  rule.min_samples = 500;
  const auto power = alerting::power_of(rule, make_route("checkout", 10s));
  REQUIRE(power.within_day.has_value());
  CHECK(*power.within_day < 0.1);
}

#include "config/firing.h"

#include <doctest/doctest.h>

using namespace gatewatch::config;

namespace {

Rule rule_for(const char* match) {
  Rule rule;
  (void)rule.match.add(match);
  return rule;
}

}  // namespace

TEST_CASE("a rule needs its samples, its matches, and enough of them for its rate") {
  auto rule = rule_for("bad_gateway");
  CHECK(FiringNeeds(rule).results() == 3);
  rule.min_matches = 7;
  CHECK(FiringNeeds(rule).results() == 7);
  // n / (n + 1.645²) reaches 90 % with 25 results: 25 / 27.7.
  rule.rate = 0.9;
  CHECK(FiringNeeds(rule).results() == 25);
  rule.confidence = 0;
  CHECK(FiringNeeds(rule).results() == 7);
}

TEST_CASE("no number of results shows a rate of 100 % with a confidence; the plain share does") {
  auto rule = rule_for("failing");
  rule.rate = 1;
  CHECK_FALSE(FiringNeeds(rule).results().has_value());
  rule.confidence = 0;
  CHECK(FiringNeeds(rule).results() == 3);
}

TEST_CASE("a route gives its scheduled probes and the confirmations of the first failure") {
  const auto rule = rule_for("bad_gateway");  // over 5 minutes
  Route route;
  route.interval = 30s;
  CHECK(FiringNeeds(rule).results_given(route) == 15);
  route.interval = 10min;
  CHECK(FiringNeeds(rule).results_given(route) == 6);
  route.confirm.times = 0;
  CHECK(FiringNeeds(rule).results_given(route) == 1);
}

TEST_CASE("confirmations that come after the window do not count") {
  auto rule = rule_for("5xx");
  rule.window = 3s;
  Route route;
  route.confirm = {2s, 5};
  CHECK(FiringNeeds(rule).results_given(route) == 3);
}

TEST_CASE("a certificate that expires soon is not confirmed, for nothing failed") {
  const auto rule = rule_for("cert_expiring");
  Route route;
  route.interval = 1min;
  CHECK(FiringNeeds(rule).results_given(route) == 5);
}

TEST_CASE("a rule that stretches looks back as far as a slow route needs, and no other does") {
  auto rule = rule_for("cert_expiring");  // over 5 minutes
  Route route;
  route.interval = 30h;
  CHECK(FiringNeeds(rule).window_for(route) == 5min);
  CHECK(FiringNeeds(rule).results_given(route) == 1);
  rule.stretches = true;
  CHECK(FiringNeeds(rule).window_for(route) == 90h);
  CHECK(FiringNeeds(rule).results_given(route) == 3);
  route.interval = 30s;
  CHECK(FiringNeeds(rule).window_for(route) == 5min);
  rule.rate = 1;  // no number is enough
  route.interval = 30h;
  CHECK(FiringNeeds(rule).window_for(route) == 5min);
}

#include "config/config.h"

#include <doctest/doctest.h>

using namespace gatewatch::config;
using gatewatch::Outcome;

TEST_CASE("a route is known by its group and name") {
  Route route;
  route.name = "home";
  CHECK(route.id() == "home");
  route.group = "shop";
  CHECK(route.id() == "shop/home");
}

TEST_CASE("a rule covers the routes that one of its globs names and that have all its tags") {
  Route route;
  route.group = "shop";
  route.name = "checkout";
  route.tags = {{"team", "payments"}, {"tier", "1"}};
  Rule rule;
  CHECK(rule.covers(route));
  rule.routes = {"blog/*", "shop/*"};
  CHECK(rule.covers(route));
  rule.tags = {{"team", "payments"}};
  CHECK(rule.covers(route));
  rule.tags = {{"team", "payments"}, {"tier", "2"}};
  CHECK_FALSE(rule.covers(route));
  rule.tags = {{"stage", "live"}};
  CHECK_FALSE(rule.covers(route));
  rule.tags.clear();
  rule.routes = {"blog/*"};
  CHECK_FALSE(rule.covers(route));
}

TEST_CASE("the built-in rules look for 502, outages and certificates, and tell every channel") {
  const std::vector<Channel> channels = {{"a", LogChannel{}}, {"b", SlackChannel{}}};
  const auto rules = built_in_rules(channels);
  REQUIRE(rules.size() == 3);
  CHECK(rules[0].name == "bad-gateway");
  CHECK(rules[0].match.contains(Outcome::StatusMismatch, 502, false));
  CHECK_FALSE(rules[0].match.contains(Outcome::StatusMismatch, 500, false));
  CHECK(rules[1].name == "down");
  CHECK(rules[1].match.contains(Outcome::ConnectRefused, 0, false));
  CHECK(rules[2].name == "certificate");
  CHECK(rules[2].match.contains(Outcome::Ok, 200, true));
  for (const auto& rule : rules) {
    CHECK_FALSE(rule.match.empty());
    CHECK(rule.notify == std::vector<std::string>{"a", "b"});
  }
}

TEST_CASE("severities have names") {
  CHECK(severity_name(Severity::Info) == "info");
  CHECK(severity_name(Severity::Warning) == "warning");
  CHECK(severity_name(Severity::Critical) == "critical");
}

#include "config/scope.h"

#include <doctest/doctest.h>

using namespace gatewatch::config;

TEST_CASE("what a scope leaves out covers everything, and what it names must match") {
  CHECK(Scope().empty());
  CHECK(Scope().covers_route("shop/a", {}));
  CHECK(Scope().covers_rule("down"));
  CHECK(Scope().covers_regions({}));
  const Scope scope{.routes = {"shop/*", "net/router"},
                    .tags = {{"team", "payments"}},
                    .rules = {"down"},
                    .regions = {"eu-*"}};
  CHECK(scope.covers_route("shop/a", {{"team", "payments"}, {"tier", "1"}}));
  CHECK(scope.covers_route("net/router", {{"team", "payments"}}));
  CHECK_FALSE(scope.covers_route("blog", {{"team", "payments"}}));
  CHECK_FALSE(scope.covers_route("shop/a", {{"team", "search"}}));
  CHECK_FALSE(scope.covers_route("shop/a", {}));
  CHECK(scope.covers_rule("down"));
  CHECK_FALSE(scope.covers_rule("bad-gateway"));
  CHECK(scope.covers_regions({"eu-west", "eu-north"}));
  CHECK_FALSE(scope.covers_regions({"eu-west", "us"}));
  CHECK_FALSE(scope.covers_regions({}));
}

#include "daemon/own_faults.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace gatewatch;
using namespace gatewatch::daemon;

namespace {

Result own_fault(const std::string& route) {
  Result result;
  result.route = route;
  result.outcome = Outcome::Vantage;
  result.reason = "no_resources";
  result.detail = "too many open files";
  return result;
}

Result reply(const std::string& route) {
  Result result;
  result.route = route;
  return result;
}

config::Route route_named(const std::string& name) {
  config::Route route;
  route.name = name;
  return route;
}

}  // namespace

TEST_CASE("a route that cannot be probed three times in a row is unseen until it is") {
  OwnFaults faults;
  CHECK(faults.observe(own_fault("shop")));  // is asked again at once
  CHECK_FALSE(faults.observe(own_fault("shop")));
  CHECK(faults.unseen_routes() == 0);
  CHECK_FALSE(faults.observe(own_fault("shop")));
  CHECK(faults.unseen_routes() == 1);
  CHECK(faults.detail() == "shop: too many open files");
  CHECK_FALSE(faults.observe(reply("blog")));
  CHECK(faults.unseen_routes() == 1);
  CHECK_FALSE(faults.observe(reply("shop")));
  CHECK(faults.unseen_routes() == 0);
}

TEST_CASE("own faults with a result between them are not in a row") {
  OwnFaults faults;
  for (int turn = 0; turn < 10; ++turn) {
    (void)faults.observe(own_fault("shop"));
    (void)faults.observe(own_fault("shop"));
    (void)faults.observe(reply("shop"));
  }
  CHECK(faults.unseen_routes() == 0);
}

TEST_CASE("where all routes fail at once few are asked again") {
  OwnFaults faults;
  std::size_t asked = 0;
  for (int route = 0; route < 100; ++route) {
    asked += faults.observe(own_fault(std::to_string(route))) ? 1 : 0;
  }
  CHECK(asked == OwnFaults::most_asked);
}

TEST_CASE("a route that a reload removed is unseen no more") {
  OwnFaults faults;
  for (int turn = 0; turn < 3; ++turn) (void)faults.observe(own_fault("shop"));
  faults.set_routes({route_named("blog"), route_named("shop")});
  CHECK(faults.unseen_routes() == 1);
  faults.set_routes({route_named("blog")});
  CHECK(faults.unseen_routes() == 0);
}

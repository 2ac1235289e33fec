// Routes that depend on others: one cause, one message, whoever fails first.

#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/alerting/probed_world.h"

using namespace gatewatch;
using namespace gatewatch::tests;
using namespace std::chrono_literals;
using Kinds = std::vector<std::string>;
using Time = std::chrono::microseconds;

namespace {

// A router, and twelve shops behind it, each behind a gateway of its own.
std::shared_ptr<config::Config> shops_behind_a_router(config::Duration router_interval,
                                                      config::Duration shop_interval,
                                                      int shops = 12) {
  std::vector<config::Route> routes = {make_route("router", router_interval, "router")};
  for (int shop = 0; shop < shops; ++shop) {
    const auto name = "s" + std::to_string(shop);
    routes.push_back(make_route(name, shop_interval, name));
    routes.back().depends_on = {"shop/router"};
  }
  return make_config(std::move(routes), {make_rule("down", "failing")});
}

struct Stretch {
  Time begin;
  Time end;
  [[nodiscard]] bool holds(Time time) const { return time >= begin && time < end; }
};

ProbedWorld::Server failing(Stretch router, Stretch shops) {
  return [=](const std::string& route, const std::string&, Time time) {
    return (route == "shop/router" ? router : shops).holds(time) ? refused : ok;
  };
}

std::vector<std::string> told_of(const ProbedWorld& world) {
  std::vector<std::string> told;
  for (std::size_t step = 0; step < world.steps().size(); ++step) {
    if (world.steps()[step].deliveries.empty()) continue;
    const auto notification = world.told(step);
    told.push_back(std::string(notification_kind_name(notification.kind)) + ": " +
                   notification.headline());
  }
  return told;
}

}  // namespace

TEST_CASE("one cause is one message, whichever of parent and dependents is probed first") {
  config::Duration router{};
  config::Duration shops{};
  SUBCASE("the parent first") {
    router = 5s;
    shops = 20s;
  }
  SUBCASE("the dependents first") {
    router = 300s;
    shops = 10s;
  }
  SUBCASE("all at once") {
    router = 10s;
    shops = 10s;
  }
  ProbedWorld world(shops_behind_a_router(router, shops), failing({601s, 1500s}, {601s, 1500s}));
  world.run_until(1400s);
  const auto told = told_of(world);
  REQUIRE(told.size() == 1);
  CHECK(told.front().starts_with("opened: Connection refused on shop/router and "));
  CHECK(told.front().ends_with(" on it"));
  CHECK(world.desk().held_incidents() == 12);
  CHECK(world.first("opened") < 625s);
  for (const auto& step : world.steps()) {
    if (step.deliveries.empty()) CHECK(step.incident.held_by == "depends on shop/router");
  }
  world.run_until(3000s);
  CHECK(told_of(world).size() == 2);
  CHECK(told_of(world).back().starts_with("resolved: "));
  CHECK(world.desk().open_incidents() == 0);
}

TEST_CASE("a dependent that fails alone is told, soon where its parent answers") {
  ProbedWorld world(shops_behind_a_router(10s, 10s, 1), failing({0s, 0s}, {601s, 1500s}));
  world.run_until(1400s);
  REQUIRE(told_of(world) == Kinds{"opened: Connection refused on shop/s0"});
  CHECK(world.first("opened") < 620s);
}

TEST_CASE("a dependent waits for its parent's word no longer than the time to fold") {
  // Whatever the parent is asked, nobody hears: its region is blind.
  ProbedWorld world(shops_behind_a_router(10s, 10s, 1),
                    [](const std::string& route, const std::string&, Time time) {
                      if (time < 601s) return ok;
                      return route == "shop/router" ? vantage : refused;
                    });
  world.run_until(1400s);
  REQUIRE(told_of(world) == Kinds{"opened: Connection refused on shop/s0"});
  CHECK(world.first("opened") < 601s + 10s + 15s);
}

TEST_CASE("a dependent that goes on failing is told once its parent works again") {
  ProbedWorld world(shops_behind_a_router(10s, 60s, 2), failing({601s, 900s}, {601s, 2000s}));
  world.run_until(890s);
  REQUIRE(told_of(world).size() == 1);
  SUBCASE("without a restart") {}
  SUBCASE("with one") {
    world.restart(2s);
  }
  world.run_until(1000s);
  const auto told = told_of(world);
  REQUIRE(told.size() == 4);
  CHECK(told[1].starts_with("resolved: "));
  CHECK(told[2] == "opened: Connection refused on shop/s0");
  CHECK(told[3] == "opened: Connection refused on shop/s1");
}

TEST_CASE("a dependent that was told first is held from when its parent fails") {
  ProbedWorld world(shops_behind_a_router(10s, 10s, 1), failing({900s, 1500s}, {601s, 1480s}));
  world.run_until(1400s);
  CHECK(world.kinds() == Kinds{"opened", "opened", "held"});
  CHECK(told_of(world).back() ==
        "opened: Connection refused on shop/router and 1 route that depends on it");
  world.run_until(3000s);
  CHECK(told_of(world).size() == 4);  // both were told, so both ends are
}

TEST_CASE("a restart in the middle of it tells nobody of a dependent") {
  ProbedWorld world(shops_behind_a_router(10s, 10s, 3), failing({601s, 1500s}, {601s, 1500s}));
  world.run_until(800s);
  for (const auto down_for : {2s, 60s}) world.restart(down_for);
  world.run_until(3000s);
  CHECK(told_of(world).size() == 2);
}

TEST_CASE("a dependent of a dependent is held by what fails above it") {
  auto config = shops_behind_a_router(10s, 10s, 1);
  config->routes.push_back(make_route("t", 10s, "t"));
  config->routes.back().depends_on = {"shop/s0"};
  ProbedWorld world(config, [](const std::string& route, const std::string&, Time time) {
    return time >= 601s && time < 1500s && route != "shop/s0" ? refused : ok;
  });
  world.run_until(1400s);
  CHECK(told_of(world).size() == 1);
  for (const auto& step : world.steps()) {
    if (step.deliveries.empty()) CHECK(step.incident.held_by == "depends on shop/router");
  }
}

TEST_CASE("a certificate of a dependent runs out whatever its parent does") {
  auto config = shops_behind_a_router(10s, 10s, 1);
  config->rules.push_back(make_rule("certificate", "cert_expiring"));
  config->rules.back().rate = 0.5;
  ProbedWorld world(config, [](const std::string& route, const std::string&, Time time) {
    if (route == "shop/router") return time >= 601s ? refused : ok;
    return time >= 900s ? Answer{.cert_expiring = true} : ok;
  });
  world.run_until(1400s);
  CHECK(told_of(world).size() == 2);
}

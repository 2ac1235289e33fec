#include "daemon/power_report.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace gatewatch;
using namespace std::chrono_literals;

namespace {

config::Config three_routes() {
  config::Config config;
  for (const auto* const name : {"a", "b", "c"}) {
    config::Route route;
    route.group = "shop";
    route.name = name;
    if (route.name == "c") route.interval = 5min;
    config.routes.push_back(route);
  }
  config.rules = {config::built_in_rules({}).front()};
  return config;
}

}  // namespace

TEST_CASE("routes of which a rule sees the same share a line") {
  const auto lines = daemon::power_lines(three_routes());
  REQUIRE(lines.size() == 2);
  CHECK(
      lines[0].starts_with("rule bad-gateway, 2 routes every 30s: fires within 32s of a total "
                           "outage (1m where each probe times out); sees "));
  CHECK(lines[1].starts_with("rule bad-gateway, shop/c every 5m: fires within 5m2s of "));
}

TEST_CASE("as JSON each route is there for itself") {
  const auto list = daemon::power_json(three_routes());
  REQUIRE(list.size() == 3);
  CHECK(list[1]["route"] == "shop/b");
  CHECK(list[1]["outage_seconds"] == 32.0);
  CHECK(list[2]["rate_within_hour"] > list[0]["rate_within_hour"]);
  CHECK(list[2]["rate_within_day"] < list[2]["rate_within_hour"]);
}

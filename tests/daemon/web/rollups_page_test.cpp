#include "daemon/web/rollups_page.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/daemon/web/web_fixture.h"

using namespace gatewatch;
using namespace gatewatch::daemon::web;
using namespace gatewatch::tests;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

// 2026-09-21T14:13:20Z and 40 s later, the second one failing.
struct TwoResults : WebFixture {
  explicit TwoResults(const std::string& route = "shop/checkout") { add(route); }

  void add(const std::string& route) {
    auto good = result_at(at_second(0), route);
    auto bad = result_at(at_second(40), route);
    good.status = 200;
    good.interval = bad.interval = 30s;
    good.timings[Phase::Wait] = 50us;
    bad.outcome = Outcome::StatusMismatch;
    bad.status = 502;
    REQUIRE(store.write({.results = {good, bad}}));
    now = at_second(3'600);
    while (store.roll_up(now).value() > 0) continue;
  }

  json body_of(const std::string& target) {
    const auto response = get(target);
    INFO(response.body);
    REQUIRE(response.status == 200);
    return json::parse(response.body);
  }
};

}  // namespace

TEST_CASE("a route's rollups, step by step") {
  TwoResults web;
  const auto hours = web.body_of("/api/v1/rollups?route=shop/checkout");
  CHECK(hours == json::parse(R"({"rollups": [{
      "begin": "2026-09-21T14:00:00.000Z", "region": "local", "results": 2, "scheduled": 2,
      "good": 1, "outcomes": {"ok": 1, "status_mismatch": 1}, "statuses": {"200": 1, "502": 1},
      "uptime": 0.4, "known_seconds": 100.0, "up_seconds": 40.0,
      "min_us": 50, "p50_us": 50, "p95_us": 50, "p99_us": 50, "max_us": 50}]})"));
  const auto minutes = web.body_of("/api/v1/rollups?route=shop/checkout&step=minute");
  REQUIRE(minutes["rollups"].size() == 2);
  CHECK(minutes["rollups"][1]["begin"] == "2026-09-21T14:14:00.000Z");
  CHECK(minutes["rollups"][1]["p50_us"].is_null());
  CHECK_FALSE(minutes["rollups"][1].contains("uptime"));
  CHECK(web.body_of("/api/v1/rollups?route=shop/checkout&step=day")["rollups"].size() == 1);
  CHECK(web.body_of("/api/v1/rollups?route=other")["rollups"].empty());
}

TEST_CASE("the days of many routes, page by page") {
  TwoResults web;
  for (const auto* const route : {"shop/a", "shop/b", "shop/z"}) web.add(route);
  const auto all = web.body_of("/api/v1/uptime?days=3");
  CHECK(all["from"] == "2026-09-19");
  CHECK(all["next"].is_null());
  REQUIRE(all["routes"].size() == 4);
  CHECK(all["routes"][0]["route"] == "shop/a");
  CHECK(all["routes"][0]["days"] == json::parse("[null, null, 0.4]"));
  CHECK(all["routes"][0]["uptime"] == 0.4);
  CHECK(all["routes"][0]["statuses"] == json{{"200", 1}, {"502", 1}});

  const auto first = web.body_of("/api/v1/uptime?limit=3");
  CHECK(first["routes"].size() == 3);
  CHECK(first["next"] == "shop/checkout");
  const auto last = web.body_of("/api/v1/uptime?limit=3&after=shop/checkout");
  CHECK(last["routes"].size() == 1);
  CHECK(last["next"].is_null());
  CHECK(web.body_of("/api/v1/uptime?route=shop/b")["routes"].size() == 1);
}

TEST_CASE("what is asked wrongly is told so") {
  TwoResults web;
  const auto mistake = [&](const std::string& target) {
    const auto response = web.get(target);
    CHECK(response.status == 400);
    return json::parse(response.body)["error"].get<std::string>();
  };
  CHECK(mistake("/api/v1/rollups").starts_with("The parameter route is missing"));
  CHECK(mistake("/api/v1/rollups?route=a&step=week") ==
        "The parameter step is \"week\"; right would be minute, hour or day.");
  CHECK(mistake("/api/v1/rollups?route=a&step=minute&from=2026-09-01T00:00:00Z")
            .starts_with("From `from` to `before` there are more than 2000 steps"));
  CHECK(mistake("/api/v1/uptime?days=401") ==
        "The parameter days is \"401\"; right would be a number from 1 to 400.");
  CHECK(mistake("/api/v1/uptime?from=x").starts_with("The parameter \"from\" is unknown"));
}

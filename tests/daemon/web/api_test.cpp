#include "daemon/web/api.h"

#include <set>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "probes/result_json.h"
#include "tests/daemon/web/web_fixture.h"

using namespace gatewatch;
using namespace gatewatch::daemon::web;
using namespace gatewatch::tests;
using nlohmann::json;

namespace {

json body_of(const WebResponse& response) {
  CHECK(response.content_type == "application/json; charset=utf-8");
  return json::parse(response.body);
}

// The start times of every result, read page by page.
std::vector<std::string> read_all(WebFixture& web, int limit) {
  std::vector<std::string> started;
  std::string before;
  for (int page = 0; page < 100; ++page) {
    const json body = body_of(web.get("/api/v1/results?limit=" + std::to_string(limit) + before));
    for (const auto& result : body["results"]) started.push_back(result["started"]);
    if (body["next"].is_null()) return started;
    before = "&before=" + body["next"].get<std::string>();
  }
  FAIL("the pages never end");
  return started;
}

}  // namespace

TEST_CASE("metrics are Prometheus text") {
  WebFixture web;
  const WebResponse response = web.get("/metrics");
  CHECK(response.content_type == "text/plain; version=0.0.4; charset=utf-8");
  CHECK(response.body.ends_with("gatewatch_up 1\n"));
}

TEST_CASE("health counts every check, readiness those that it needs") {
  WebFixture web;
  CHECK(web.get("/healthz").status == 200);
  web.checks = {
      {.name = "storage", .ok = false, .detail = "The disk is full.", .needed_for_ready = false}};
  CHECK(web.get("/healthz").status == 503);
  CHECK(web.get("/readyz").status == 200);
  CHECK(body_of(web.get("/readyz"))["ok"] == true);
  CHECK(body_of(web.get("/readyz"))["checks"][0]["detail"] == "The disk is full.");
  web.checks.push_back({.name = "restore", .ok = false, .detail = "Incidents are being read."});
  CHECK(web.get("/readyz").status == 503);
  CHECK(body_of(web.get("/readyz"))["checks"].size() == 2);
}

TEST_CASE("routes come with their newest results") {
  WebFixture web;
  config::Route route;
  route.group = "shop";
  route.name = "checkout";
  web.config->routes = {route};
  web.last_results["shop/checkout"] = {result_at(at_second(1))};
  const json body = body_of(web.get("/api/v1/routes"));
  CHECK(body["routes"][0]["id"] == "shop/checkout");
  CHECK(body["routes"][0]["last_results"][0]["region"] == "local");
  CHECK(web.get("/api/v1/routes?x=1").status == 400);
}

TEST_CASE("results come newest first, of one route where it is named") {
  WebFixture web;
  REQUIRE(web.store.write({.results = {result_at(at_second(1)), result_at(at_second(2)),
                                       result_at(at_second(3), "other")}}));
  const json all = body_of(web.get("/api/v1/results"));
  CHECK(all["results"].size() == 3);
  CHECK(all["results"][0]["route"] == "other");
  CHECK(all["next"].is_null());
  CHECK(body_of(web.get("/api/v1/results?route=shop%2Fcheckout"))["results"].size() == 2);
  CHECK(web.get("/api/v1/results?limit=0").status == 400);
}

TEST_CASE("evidence of a route is found where it is kept") {
  WebFixture web;
  auto failing = result_at(at_second(1));
  failing.outcome = Outcome::StatusMismatch;
  failing.evidence = SharedEvidence(Evidence{.head = "HTTP/1.1 502 Bad Gateway"});
  REQUIRE(web.store.write({.results = {failing, result_at(at_second(2))}}));
  const json found = body_of(web.get("/api/v1/evidence?route=shop%2Fcheckout"));
  REQUIRE(found["evidence"].size() == 1);
  CHECK(found["evidence"][0]["evidence"]["head"] == "HTTP/1.1 502 Bad Gateway");
  CHECK(body_of(web.get("/api/v1/evidence?route=other"))["evidence"].empty());
  CHECK(web.get("/api/v1/evidence?limit=0").status == 400);
}

TEST_CASE("pages of results leave nothing out and repeat nothing") {
  WebFixture web;
  storage::Batch batch;
  for (int i = 0; i < 20; ++i) {
    batch.results.push_back(result_at(at_second(i / 3)));  // three each share their time
  }
  REQUIRE(web.store.write(batch));
  for (const int limit : {3, 4, 5, 7, 19, 20, 21}) {
    CAPTURE(limit);
    CHECK(read_all(web, limit).size() == 20);
  }
}

TEST_CASE("more results of one moment than a page holds do not make the pages endless") {
  WebFixture web;
  storage::Batch batch;
  for (int i = 0; i < 10; ++i) batch.results.push_back(result_at(at_second(1)));
  batch.results.push_back(result_at(at_second(0)));
  REQUIRE(web.store.write(batch));
  const auto started = read_all(web, 4);
  CHECK(started.size() == 5);
}

TEST_CASE("incidents, all or open, and one by its number") {
  WebFixture web;
  REQUIRE(web.store.write({.steps = {incident_step(1, storage::IncidentState::Resolved),
                                     incident_step(2, storage::IncidentState::Open)}}));
  CHECK(body_of(web.get("/api/v1/incidents"))["incidents"].size() == 2);
  const json open = body_of(web.get("/api/v1/incidents?open=true"));
  REQUIRE(open["incidents"].size() == 1);
  CHECK(open["incidents"][0]["id"] == 2);
  CHECK(web.get("/api/v1/incidents?open=maybe").status == 400);
  CHECK(body_of(web.get("/api/v1/incidents/1"))["state"] == "resolved");
  CHECK(web.get("/api/v1/incidents/3").status == 404);
  CHECK(web.get("/incidents/2").body.find("Incident 2") != std::string::npos);
  CHECK(web.get("/incidents/3").status == 404);
  CHECK(web.get("/").body.find("Open incidents: 1.") != std::string::npos);
}

TEST_CASE("a failing or busy storage is an answer, not a silence") {
  WebFixture web;
  web.store.fail(3);
  for (const auto* const target : {"/api/v1/results", "/api/v1/incidents", "/incidents/1"}) {
    CAPTURE(target);
    CHECK(web.get(target).status == 500);
  }
  web.is_store_free = false;
  CHECK(web.get("/api/v1/results").status == 503);
  CHECK(web.get("/").status == 503);
  CHECK(web.get("/metrics").status == 200);
}

TEST_CASE("a reload says whether it is in force, else every mistake, or what was in its way") {
  WebFixture web;
  web.config->daemon.token = config::Secret("s3cret");
  const auto reload = [&web] {
    return web.request("POST", "/-/reload",
                       {{"Authorization", "Bearer s3cret"}, {"Content-Type", "application/json"}});
  };
  CHECK(reload().status == 200);
  CHECK(body_of(reload()) == json{{"reloaded", true}});

  web.reload_answer = {.mistakes = {"gatewatch.toml:1:1: unknown key", "gatewatch.toml:2:1: \xff"},
                       .obstacle = ""};
  CHECK(reload().status == 422);
  CHECK(body_of(reload())["mistakes"].size() == 2);
  CHECK(body_of(reload())["mistakes"][0] == web.reload_answer.mistakes[0]);

  web.reload_answer = {.mistakes = {}, .obstacle = "no thread"};
  CHECK(reload().status == 503);
  CHECK(body_of(reload())["error"] == "Nothing was reloaded: no thread");
}

TEST_CASE("each region says whether it sees, since when not, and what failed on our side") {
  WebFixture web;
  web.regions.push_back({.name = "eu",
                         .is_blind = true,
                         .unseen_routes = 2,
                         .since = at_second(5),
                         .detail = "Monitor is blind in region eu",
                         .own_faults = {{"uplink", 3}}});
  const auto body = body_of(web.get("/api/v1/regions"));
  REQUIRE(body["regions"].size() == 1);
  const auto& region = body["regions"][0];
  CHECK(region["name"] == "eu");
  CHECK(region["blind"] == true);
  CHECK(region["unseen_routes"] == 2);
  CHECK(region["since"] == format_timestamp(at_second(5)));
  CHECK(region["detail"] == "Monitor is blind in region eu");
  CHECK(region["vantage_results"] == nlohmann::json{{"uplink", 3}});
  CHECK(web.get("/api/v1/regions?all=1").status == 400);
}

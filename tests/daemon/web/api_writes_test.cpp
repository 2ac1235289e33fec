// What changes something through the API.

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/daemon/web/web_fixture.h"

using namespace gatewatch;
using namespace gatewatch::tests;
using nlohmann::json;

TEST_CASE("an incident is acknowledged by somebody, and answered as it is then") {
  WebFixture web;
  REQUIRE(web.store.write({.steps = {incident_step(3, storage::IncidentState::Open)}}));
  const auto answer =
      web.post("/api/v1/incidents/3/acknowledge", R"({"by": "ann", "comment": "on it"})");
  CHECK(answer.status == 200);
  CHECK(json::parse(answer.body)["id"] == 3);
  REQUIRE(web.acknowledged.size() == 1);
  CHECK(web.acknowledged[0] == std::tuple(3, "ann", "on it"));
}

TEST_CASE("nobody acknowledges namelessly, what is over, or what never was") {
  WebFixture web;
  REQUIRE(web.store.write({.steps = {incident_step(3, storage::IncidentState::Resolved)}}));
  CHECK(web.post("/api/v1/incidents/3/acknowledge", "{}").status == 400);
  CHECK(web.post("/api/v1/incidents/3/acknowledge", R"({"by": "ann", "who": "bob"})").status ==
        400);
  CHECK(web.acknowledged.empty());
  web.is_incident_open = false;
  CHECK(web.post("/api/v1/incidents/3/acknowledge", R"({"by": "ann"})").status == 409);
  CHECK(web.post("/api/v1/incidents/4/acknowledge", R"({"by": "ann"})").status == 404);
}

TEST_CASE("a change is stored with a number and listed") {
  WebFixture web;
  const auto added = web.post(
      "/api/v1/changes",
      R"({"text": "deploy 42", "routes": ["shop/*"], "link": "https://ci.example.com/42", "author": "ci"})");
  CHECK(added.status == 201);
  const auto change = json::parse(added.body);
  CHECK(change["id"] == 7);
  CHECK(change["at"] == "2026-09-21T14:13:20.000Z");
  const auto listed = json::parse(web.get("/api/v1/changes").body)["changes"];
  REQUIRE(listed.size() == 1);
  CHECK(listed[0] == change);
  CHECK(web.get("/api/v1/changes?route=x").status == 400);
  CHECK(web.post("/api/v1/changes", R"({"text": ""})").status == 400);
  CHECK(web.post("/api/v1/changes", R"({"text": "x", "at": "2026-11-20T10:05:06Z"})").status ==
        201);
}

TEST_CASE("a change from without is refused like every other write") {
  WebFixture web;
  const auto ask = [&web](std::vector<std::pair<std::string, std::string>> headers) {
    return web.request("POST", "/api/v1/changes", headers, R"({"text": "x"})").status;
  };
  const std::pair<std::string, std::string> token("Authorization", "Bearer s3cret");
  const std::pair<std::string, std::string> type("Content-Type", "application/json");
  CHECK(ask({token, type}) == 403);  // none is configured
  web.config->daemon.token = config::Secret("s3cret");
  CHECK(ask({type}) == 401);
  CHECK(ask({token}) == 415);
  CHECK(ask({token, type, {"Origin", "https://evil.example"}}) == 403);
  CHECK(ask({token, type}) == 201);
}

TEST_CASE("what the disk does not take is said to be in danger") {
  WebFixture web;
  web.is_durable = false;
  const auto answer = web.post("/api/v1/changes", R"({"text": "x"})");
  CHECK(answer.status == 503);
  CHECK(json::parse(answer.body)["error"].get<std::string>().starts_with("It is done, but"));
}

TEST_CASE("a silence is stored with a number, listed, and says what it covers") {
  WebFixture web;
  config::Route route;
  route.group = "shop";
  route.name = "checkout";
  route.tags = {{"team", "payments"}};
  web.config->routes = {route};
  web.config->rules = config::built_in_rules({});
  const auto added = web.post(
      "/api/v1/silences",
      R"({"routes": ["shop/*"], "tags": {"team": "payments"}, "rules": ["down"], "duration": "2h", "author": "ann", "comment": "deploy"})");
  REQUIRE(added.status == 201);
  auto silence = json::parse(added.body);
  CHECK(silence["id"] == 4);
  CHECK(silence["state"] == "active");
  CHECK(silence["covered_routes"] == 1);
  CHECK(silence["warning"] == "");
  silence.erase("covered_routes");
  silence.erase("warning");
  const auto listed = json::parse(web.get("/api/v1/silences").body);
  REQUIRE(listed["silences"].size() == 1);
  CHECK(listed["silences"][0] == silence);
  CHECK(listed["configured"].empty());
  CHECK(listed["maintenance"].empty());
  const auto stored = web.store.silences({}).value().front();
  CHECK(stored.ends - stored.starts == std::chrono::hours(2));
  CHECK(stored.created == web.now);
}

TEST_CASE("a silence of nothing that is configured is taken, and says so") {
  WebFixture web;
  web.config->rules = config::built_in_rules({});
  const auto warning = [&web](const std::string& body) {
    const auto answer = web.post("/api/v1/silences", body);
    CHECK(answer.status == 201);
    return json::parse(answer.body)["warning"].get<std::string>();
  };
  CHECK(warning(R"({"routes": ["shpo/*"], "duration": "2h"})") ==
        "It covers no route of the configuration.");
  web.config->routes.emplace_back().name = "a";
  CHECK(warning(R"({"rules": ["dwon"], "duration": "2h"})") ==
        "It covers no rule of the configuration.");
  CHECK(warning(R"({"rules": ["blind"], "duration": "2h"})").empty());
}

TEST_CASE("a silence without what or how long, or over before it began, is refused") {
  WebFixture web;
  for (const auto* const wrong :
       {R"({})", R"({"duration": "2h"})", R"({"routes": ["*"]})",
        R"({"routes": ["*"], "duration": "2h", "ends": "2026-11-20T10:05:06Z"})",
        R"({"routes": ["*"], "duration": "2"})", R"({"routes": ["*"], "duration": "0s"})",
        R"({"routes": ["*"], "ends": "2020-11-20T10:05:06Z"})",
        R"({"routes": ["*"], "starts": "2027-01-01T00:00:00Z", "ends": "2026-12-01T00:00:00Z"})",
        R"({"routes": ["*"], "duration": "2h", "tags": ["a"]})",
        R"({"routes": ["*"], "duration": "2h", "until": "tomorrow"})", "[]"}) {
    CAPTURE(std::string(wrong));
    CHECK(web.post("/api/v1/silences", wrong).status == 400);
  }
  CHECK(web.store.silences({}).value().empty());
}

TEST_CASE("a silence is ended by its number, once") {
  WebFixture web;
  const storage::SilenceRecord over{
      .id = 4, .routes = {"*"}, .starts = web.now - std::chrono::hours(2), .ends = web.now};
  REQUIRE(web.store.write({.silences = {over}}));
  CHECK(web.post("/api/v1/silences/4/end", "{}").status == 409);
  CHECK(web.post("/api/v1/silences/5/end", "{}").status == 404);
  web.ended = over;
  const auto answer = web.post("/api/v1/silences/4/end", "{}");
  CHECK(answer.status == 200);
  CHECK(json::parse(answer.body)["state"] == "over");
  CHECK(web.post("/api/v1/silences/4/end", R"({"id": 4})").status == 400);
}

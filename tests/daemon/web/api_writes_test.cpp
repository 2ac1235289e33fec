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

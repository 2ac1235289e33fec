#include "daemon/web/api_json.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/daemon/web/web_fixture.h"

using namespace gatewatch;
using namespace gatewatch::daemon::web;
using namespace gatewatch::tests;

TEST_CASE("a route shows no secret and no query") {
  config::Route route;
  route.group = "shop";
  route.name = "checkout";
  route.url = {.scheme = "https",
               .host = "shop.example.com",
               .port = 443,
               .path = "/pay",
               .query = "token=CANARY",
               .has_query = true};
  route.headers = {{.name = "Authorization", .value = config::Secret("CANARY")}};
  route.body = "CANARY";
  route.proxy = config::Secret("http://user:CANARY@proxy");
  route.tls.key = config::Secret("CANARY");
  const auto json = route_json(route, {result_at(at_second(0))}, at_second(30));
  CHECK(json.dump().find("CANARY") == std::string::npos);
  CHECK(json["id"] == "shop/checkout");
  CHECK(json["url"] == "https://shop.example.com/pay");
  CHECK(json["interval_seconds"] == 30.0);
  CHECK(json["last_results"].size() == 1);
  CHECK(json["next_due"].is_string());
  CHECK(route_json(route, {}, {})["next_due"].is_null());
}

TEST_CASE("an incident with all that happened to it") {
  storage::IncidentHistory history;
  const storage::IncidentStep step = incident_step(7, storage::IncidentState::Open);
  history.incident = step.incident;
  history.events = {step.event};
  history.deliveries = {{.key = "k",
                         .incident = 7,
                         .sequence = 1,
                         .channel = "ops",
                         .notification = "CANARY",
                         .attempts = 2,
                         .created = at_second(5),
                         .next_attempt = at_second(6),
                         .finished = {},
                         .last_error = "refused \xff"}};
  const auto json = incident_json(history);
  CHECK(json["id"] == 7);
  CHECK(json["state"] == "open");
  CHECK(json["resolved"].is_null());
  CHECK(json["routes"][0]["failures"] == 37);
  CHECK(json["events"][0]["text"] == "It began.");
  CHECK(json["deliveries"][0]["state"] == "pending");
  CHECK(json["deliveries"][0]["last_error"] == "refused \uFFFD");
  CHECK(json.dump().find("CANARY") == std::string::npos);
}

TEST_CASE("health lists every check, and says which of them readiness needs") {
  const HealthCheck good{.name = "probing", .detail = ""};
  const HealthCheck bad{
      .name = "storage", .ok = false, .detail = "The disk is full.", .needed_for_ready = false};
  const auto json = health_json({good, bad}, false);
  CHECK(json["ok"] == false);
  CHECK(json["checks"][0]["needed"] == true);
  CHECK(json["checks"][1]["needed"] == false);
  CHECK(json["checks"][1]["detail"] == "The disk is full.");
}

TEST_CASE("bytes that are no UTF-8 cannot break a response") {
  const WebResponse response = json_response({{"text", "\xed\xa0\x80"}});
  CHECK_FALSE(nlohmann::json::parse(response.body)["text"].get<std::string>().empty());
}

#include "daemon/web/pages.h"

#include <doctest/doctest.h>

#include "tests/daemon/web/web_fixture.h"

using namespace gatewatch;
using namespace gatewatch::daemon::web;
using namespace gatewatch::tests;

namespace {

storage::IncidentHistory history_of(std::int64_t id) {
  const storage::IncidentStep step = incident_step(id, storage::IncidentState::Open);
  return {.incident = step.incident, .events = {step.event}, .deliveries = {}};
}

}  // namespace

TEST_CASE("text is escaped and cleaned") {
  CHECK(escape_html("<script>\"a\" & 'b'</script>") ==
        "&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/script&gt;");
  CHECK(escape_html("a\xff\x1b") == "a\uFFFD\uFFFD");
}

TEST_CASE("the first page counts and links the open incidents") {
  config::Config config;
  config.routes.resize(3);
  const WebResponse response = index_page(config, {history_of(7), history_of(8)});
  CHECK(response.content_type == "text/html; charset=utf-8");
  CHECK(response.body.find("Open incidents: 2.") != std::string::npos);
  CHECK(response.body.find("3 routes") != std::string::npos);
  CHECK(response.body.find("href=\"/incidents/7\"") != std::string::npos);
  const std::vector<storage::IncidentHistory> many(1000, history_of(1));
  CHECK(index_page(config, many).body.size() < 20'000);
}

TEST_CASE("the first page links all that can be read without an id") {
  const auto body = index_page({}, {}).body;
  for (const auto* const path :
       {"/api/v1/routes", "/api/v1/uptime", "/api/v1/rollups", "/metrics"}) {
    CAPTURE(path);
    CHECK(body.find("href=\"" + std::string(path) + "\"") != std::string::npos);
  }
  CHECK(body.find("{id}") == std::string::npos);
  CHECK(body.find("reload") == std::string::npos);
}

TEST_CASE("an incident's page tells its routes and events") {
  config::Config config;
  config::Route route;
  route.group = "shop";
  route.name = "checkout";
  route.url = {.scheme = "https",
               .host = "shop.example.com",
               .port = 443,
               .path = "/pay",
               .query = "CANARY",
               .has_query = true};
  route.runbook = "https://wiki.example.com/502";
  config.routes = {route};
  const std::string body = incident_page(config, history_of(7)).body;
  for (const auto* const text :
       {"Incident 7: bad-gateway at https://shop.example.com:443", "37 of 41", "eu, us",
        "https://shop.example.com/pay", "href=\"https://wiki.example.com/502\"", "It began."}) {
    CAPTURE(text);
    CHECK(body.find(text) != std::string::npos);
  }
  CHECK(body.find("CANARY") == std::string::npos);
  // A route that is gone from the configuration is still told.
  CHECK(incident_page({}, history_of(7)).body.find("shop/checkout") != std::string::npos);
}

TEST_CASE("hostile text stays text, and only web links are links") {
  config::Config config;
  config::Route route;
  route.name = "<b>";
  route.runbook = "javascript:alert(1)";
  config.routes = {route};
  auto history = history_of(7);
  history.incident.gateway = "<script>x</script>";
  history.incident.routes[0].route = "<b>";
  history.incident.routes[0].regions = {"\"><img src=x>"};
  history.events[0].text = "<img src=x onerror=alert(1)>";
  const std::string body = incident_page(config, history).body;
  CHECK(body.find("<script>") == std::string::npos);
  CHECK(body.find("<img") == std::string::npos);
  CHECK(body.find("<b>") == std::string::npos);
  CHECK(body.find("href=\"javascript") == std::string::npos);
  CHECK(body.find("javascript:alert(1)") != std::string::npos);
}

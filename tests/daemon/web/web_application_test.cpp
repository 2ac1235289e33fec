#include "daemon/web/web_application.h"

#include <doctest/doctest.h>

#include "tests/daemon/web/web_fixture.h"

using namespace gatewatch;
using namespace gatewatch::daemon::web;
using gatewatch::tests::WebFixture;

namespace {

const std::pair<std::string, std::string> token{"Authorization", "Bearer s3cret"};
const std::pair<std::string, std::string> json{"Content-Type", "application/json"};

std::string header(const WebResponse& response, const std::string& wanted) {
  for (const auto& [name, value] : response.headers) {
    if (name == wanted) return value;
  }
  return {};
}

}  // namespace

TEST_CASE("a foreign Host is misdirected, whatever it asks for") {
  WebFixture web;
  for (const auto* const target : {"/metrics", "/nothing", "/?bad=%"}) {
    CHECK(web.request("GET", target, {{"Host", "evil.example"}}).status == 421);
  }
  CHECK(web.request("GET", "http://evil.example/metrics").status == 421);
  CHECK(web.request("GET", "http://localhost/metrics").status == 200);
  web.config->daemon.hosts = {"evil.example"};
  CHECK(web.request("GET", "/metrics", {{"Host", "evil.example"}}).status == 200);
}

TEST_CASE("what is not in the table does not exist") {
  WebFixture web;
  for (const auto* const target : {"/nothing", "/metrics/", "//metrics", "/metrics/../metrics",
                                   "/%2e%2e/metrics", "/metrics%2f", "/index.html", "*"}) {
    CAPTURE(target);
    CHECK(web.get(target).status == 404);
  }
  CHECK(web.get("/?a=%").status == 400);
}

TEST_CASE("unfit methods are told the fit ones") {
  WebFixture web;
  const WebResponse response = web.request("POST", "/metrics");
  CHECK(response.status == 405);
  CHECK(header(response, "Allow") == "GET, HEAD");
  CHECK(web.get("/-/reload").status == 405);
  CHECK(web.reloads == 0);
}

TEST_CASE("every read asks for the token away from loopback, and says how") {
  WebFixture web;
  web.config->daemon.listen.endpoint = *Endpoint::parse("192.0.2.1:9502");
  web.config->daemon.token = config::Secret("s3cret");
  for (const auto* const target :
       {"/", "/metrics", "/healthz", "/readyz", "/api/v1/routes", "/api/v1/results",
        "/api/v1/evidence", "/api/v1/incidents", "/incidents/1"}) {
    CAPTURE(target);
    const WebResponse response = web.request("GET", target, {{"Host", "192.0.2.1"}});
    CHECK(response.status == 401);
    CHECK(header(response, "WWW-Authenticate").starts_with("Bearer"));
    CHECK(web.request("GET", target, {{"Host", "192.0.2.1"}, token}).status != 401);
  }
}

TEST_CASE("a reload needs everything at once") {
  WebFixture web;
  CHECK(web.request("POST", "/-/reload", {token, json}).status == 403);  // none is configured
  web.config->daemon.token = config::Secret("s3cret");
  CHECK(web.request("POST", "/-/reload", {json}).status == 401);
  CHECK(web.request("POST", "/-/reload", {token}).status == 415);
  CHECK(
      web.request("POST", "/-/reload", {token, json, {"Origin", "https://evil.example"}}).status ==
      403);
  CHECK(web.request("POST", "/-/reload", {token, json, {"Sec-Fetch-Site", "cross-site"}}).status ==
        403);
  CHECK(web.reloads == 0);
  CHECK(web.request("POST", "/-/reload", {token, json}).status == 200);
  CHECK(web.reloads == 1);
}

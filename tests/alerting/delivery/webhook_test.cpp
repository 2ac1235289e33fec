#include "alerting/delivery/webhook.h"

#include <algorithm>
#include <string>
#include <variant>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "probes/net/hmac.h"
#include "tests/alerting/delivery/example_notification.h"

using namespace gatewatch;
using namespace gatewatch::alerting;
using nlohmann::json;

namespace {

HttpRequest rendered(const config::WebhookChannel& settings, const Notification& notification,
                     const std::string& key = "7c0ffee1.12.1.hook") {
  return std::get<HttpRequest>(make_webhook_channel(settings)->render(notification, key));
}

std::string header(const HttpRequest& request, const std::string& name) {
  CHECK(std::ranges::count(request.headers, name, &config::Header::name) <= 1);
  const auto found = std::ranges::find(request.headers, name, &config::Header::name);
  return found == request.headers.end() ? "" : found->value.reveal();
}

}  // namespace

TEST_CASE("the webhook says what happened as JSON, with the delivery's key as idempotency key") {
  config::WebhookChannel settings;
  settings.ca = "/ca.pem";
  const auto request = rendered(settings, tests::opening());
  CHECK(header(request, "Content-Type") == "application/json");
  CHECK(header(request, "Idempotency-Key") == "7c0ffee1.12.1.hook");
  CHECK(header(request, "X-Signature").empty());
  CHECK(request.ca == "/ca.pem");
  const auto body = json::parse(request.body);
  CHECK(body.at("version") == "1");
  CHECK(body.at("kind") == "opened");
  CHECK(body.at("state") == "firing");
  CHECK(body.at("since") == "2026-11-20T10:00:06Z");
  CHECK(body.at("resolved").is_null());
  CHECK(body.at("routes").size() == 3);
  CHECK(body.at("routes_total") == 3);
  const auto end = json::parse(rendered({}, tests::resolution()).body);
  CHECK(end.at("state") == "resolved");
  CHECK(end.at("resolved") == "2026-11-20T10:12:40Z");
}

TEST_CASE("with a key the body is signed") {
  config::WebhookChannel settings;
  settings.hmac_key = config::Secret("topsecret");
  settings.hmac_header = "X-Hub";
  const auto request = rendered(settings, tests::opening());
  CHECK(header(request, "X-Hub") == net::hmac_sha256_hex("topsecret", request.body));
  CHECK(request.body.find("topsecret") == std::string::npos);
}

TEST_CASE("configured headers go along with ours") {
  config::WebhookChannel settings;
  settings.headers = {{"Authorization", config::Secret("Bearer t")}};
  const auto request = rendered(settings, tests::opening());
  CHECK(header(request, "Content-Type") == "application/json");
  CHECK(header(request, "Authorization") == "Bearer t");
}

TEST_CASE("hostile texts stay data: valid JSON, bounded, and no line end in a header") {
  for (const auto& text : tests::hostile_texts()) {
    const auto request = rendered({}, tests::hostile(text), text);
    CHECK_FALSE(json::parse(request.body, nullptr, false).is_discarded());
    CHECK(request.body.size() < 300'000);
    CHECK(header(request, "Idempotency-Key").find_first_of("\r\n") == std::string::npos);
  }
}

TEST_CASE("an incident of thousands of routes lists the first of them and says how many") {
  auto notification = tests::opening();
  notification.routes.assign(5000, notification.routes.front());
  const auto body = json::parse(rendered({}, notification).body);
  CHECK(body.at("routes").size() == 500);
  CHECK(body.at("routes_total") == 5000);
}

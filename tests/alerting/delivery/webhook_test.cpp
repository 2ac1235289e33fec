#include "alerting/delivery/webhook.h"

#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "probes/net/hmac.h"
#include "tests/alerting/delivery/example_notification.h"
#include "tests/alerting/delivery/rendered.h"

using namespace gatewatch;
using namespace gatewatch::alerting;
using nlohmann::json;

namespace {

HttpRequest rendered(const config::WebhookChannel& settings, const Notification& notification,
                     const std::string& key = "7c0ffee1.12.1.hook") {
  return render_webhook("hook", settings, notification, key);
}

}  // namespace

TEST_CASE("the webhook says what happened as JSON, with the delivery's key as idempotency key") {
  config::WebhookChannel settings;
  settings.ca = "/ca.pem";
  const auto request = rendered(settings, tests::opening());
  CHECK(tests::header_of(request, "Content-Type") == "application/json");
  CHECK(tests::header_of(request, "Idempotency-Key") == "7c0ffee1.12.1.hook");
  CHECK(tests::header_of(request, "X-Signature").empty());
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
  CHECK(tests::header_of(request, "X-Hub") == net::hmac_sha256_hex("topsecret", request.body));
  CHECK(request.body.find("topsecret") == std::string::npos);
}

TEST_CASE("configured headers go along with ours") {
  config::WebhookChannel settings;
  settings.headers = {{"Authorization", config::Secret("Bearer t")}};
  const auto request = rendered(settings, tests::opening());
  CHECK(tests::header_of(request, "Content-Type") == "application/json");
  CHECK(tests::header_of(request, "Authorization") == "Bearer t");
}

TEST_CASE("in Alertmanager's format it is signed and carries its key all the same") {
  config::WebhookChannel settings;
  settings.format = config::WebhookFormat::Alertmanager;
  settings.hmac_key = config::Secret("topsecret");
  const auto request = rendered(settings, tests::opening());
  const auto body = json::parse(request.body);
  CHECK(body.at("version") == "4");
  CHECK(body.at("receiver") == "hook");
  CHECK(tests::header_of(request, "X-Signature") ==
        net::hmac_sha256_hex("topsecret", request.body));
  CHECK(tests::header_of(request, "Idempotency-Key") == "7c0ffee1.12.1.hook");
}

TEST_CASE("hostile texts stay data: valid JSON, bounded, and no line end in a header") {
  for (const auto& text : tests::hostile_texts()) {
    const auto request = rendered({}, tests::hostile(text), text);
    CHECK_FALSE(json::parse(request.body, nullptr, false).is_discarded());
    CHECK(request.body.size() < 300'000);
    CHECK(tests::header_of(request, "Idempotency-Key").find_first_of("\r\n") == std::string::npos);
  }
}

TEST_CASE("an incident of thousands of routes lists the first of them and says how many") {
  auto notification = tests::opening();
  notification.routes.assign(5000, notification.routes.front());
  const auto body = json::parse(rendered({}, notification).body);
  CHECK(body.at("routes").size() == 500);
  CHECK(body.at("routes_total") == 5000);
}

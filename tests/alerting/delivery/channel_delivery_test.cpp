// Each channel over HTTP from a notification to a receiver's answer: what is rendered arrives by
// the real sender, and what the service says comes to delivered, again later, or refused.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "alerting/delivery/channel.h"
#include "tests/alerting/delivery/example_notification.h"
#include "tests/alerting/delivery/loopback_server.h"
#include "tests/alerting/delivery/sender_harness.h"

using namespace gatewatch;
using namespace gatewatch::alerting;
using namespace gatewatch::tests;
using namespace std::chrono_literals;

namespace {

constexpr auto secret = "hunter2";

// A channel of each kind, whose secret is that above.
config::Channel slack(const std::string& url) {
  return {"ops", config::SlackChannel{{config::Secret(url + "/services/" + secret)}}};
}
config::Channel teams(const std::string& url) {
  return {"ops", config::TeamsChannel{{config::Secret(url + "/workflows/" + secret)}}};
}
config::Channel discord(const std::string& url) {
  return {"ops", config::DiscordChannel{{config::Secret(url + "/api/webhooks/1/" + secret)}}};
}
config::Channel pagerduty(const std::string& url) {
  return {"ops", config::PagerDutyChannel{{config::Secret(url)}, config::Secret(secret)}};
}
config::Channel opsgenie(const std::string& url) {
  return {"ops", config::OpsgenieChannel{{config::Secret(url)}, config::Secret(secret)}};
}
config::Channel telegram(const std::string& url) {
  return {"ops", config::TelegramChannel{{config::Secret(url)}, config::Secret(secret), "-1"}};
}
config::Channel ntfy(const std::string& url) {
  return {"ops", config::NtfyChannel{{config::Secret(url)}, config::Secret(secret), {}}};
}

config::Channel whatsapp(const std::string& url) {
  config::WhatsAppChannel settings;
  settings.url = config::Secret(url);
  settings.token = config::Secret(secret);
  settings.phone_number_id = "1065";
  return {"ops", settings};
}
config::Channel alertmanager(const std::string& url) {
  return {"ops", config::AlertmanagerChannel{{config::Secret(url + "/am/")},
                                             {{"Authorization", config::Secret(secret)}}}};
}

struct Case {
  config::Channel (*channel)(const std::string& url);
  std::string path;      // of the opening's request
  std::string response;  // status line, and headers where they matter
  std::string body;
  SendStatus status;
  std::optional<std::chrono::seconds> retry_after = std::nullopt;
};

void check(const Case& expected) {
  SenderHarness harness;
  const LoopbackServer server(
      harness.network(),
      answering(fmt::format("HTTP/1.1 {}\r\nContent-Length: {}\r\n\r\n{}", expected.response,
                            expected.body.size(), expected.body)));
  const auto channel = expected.channel(server.url("http"));
  CAPTURE(channel.type_name());
  CAPTURE(expected.response);
  const auto result = harness.send_one(render(channel, opening(), "12.1.ops"));
  REQUIRE(server.connections.size() == 1);
  const auto& request = server.connections.front().received;
  CHECK(request.starts_with("POST " + expected.path + " HTTP/1.1\r\n"));
  CHECK(request.find("\r\nContent-Type: application/json\r\n") != std::string::npos);
  CHECK(request.find("\r\nIdempotency-Key: 12.1.ops\r\n") != std::string::npos);
  CHECK(result.status == expected.status);
  CHECK(result.retry_after == expected.retry_after);
  CHECK(result.error.empty() == (expected.status == SendStatus::Delivered));
  CHECK(result.error.find(secret) == std::string::npos);
  harness.end_sender();
}

}  // namespace

TEST_CASE("each service gets its request, and what it accepts is delivered") {
  const std::vector<Case> cases = {
      {slack, "/services/hunter2", "200 OK", "ok", SendStatus::Delivered},
      {teams, "/workflows/hunter2", "202 Accepted", "", SendStatus::Delivered},
      {discord, "/api/webhooks/1/hunter2", "204 No Content", "", SendStatus::Delivered},
      {pagerduty, "/v2/enqueue", "202 Accepted",
       R"({"status":"success","message":"Event processed","dedup_key":"7c0ffee1.12"})",
       SendStatus::Delivered},
      {opsgenie, "/v2/alerts", "202 Accepted", R"({"result":"Request will be processed"})",
       SendStatus::Delivered},
      {telegram, "/bothunter2/sendMessage", "200 OK", R"({"ok":true,"result":{}})",
       SendStatus::Delivered},
      {whatsapp, "/1065/messages", "200 OK", R"({"messages":[{"id":"wamid.1"}]})",
       SendStatus::Delivered},
      {alertmanager, "/am/api/v2/alerts", "200 OK", "", SendStatus::Delivered},
      {ntfy, "/", "200 OK", R"({"id":"hwQ2YpKdmg","event":"message"})", SendStatus::Delivered}};
  for (const auto& expected : cases) check(expected);
}

TEST_CASE("what a service refuses is refused, and no error repeats a secret that it names") {
  const std::vector<Case> cases = {
      {slack, "/services/hunter2", "404 Not Found", "no_service hunter2", SendStatus::Permanent},
      {discord, "/api/webhooks/1/hunter2", "401 Unauthorized",
       R"({"message":"Invalid Webhook Token: hunter2","code":50027})", SendStatus::Permanent},
      {pagerduty, "/v2/enqueue", "400 Bad Request",
       R"({"status":"invalid event","errors":["'routing_key' hunter2 is invalid"]})",
       SendStatus::Permanent},
      {opsgenie, "/v2/alerts", "403 Forbidden", R"({"message":"Key [hunter2] is not valid"})",
       SendStatus::Permanent},
      {telegram, "/bothunter2/sendMessage", "401 Unauthorized",
       R"({"ok":false,"error_code":401,"description":"Unauthorized: hunter2"})",
       SendStatus::Permanent},
      {whatsapp, "/1065/messages", "401 Unauthorized",
       R"({"error":{"message":"Invalid OAuth access token: hunter2","code":190}})",
       SendStatus::Permanent},
      {alertmanager, "/am/api/v2/alerts", "400 Bad Request", "\"bad hunter2 label\"",
       SendStatus::Permanent},
      {ntfy, "/", "403 Forbidden", R"({"code":40301,"http":403,"error":"hunter2: forbidden"})",
       SendStatus::Permanent}};
  for (const auto& expected : cases) check(expected);
}

TEST_CASE("a service that has too much asks for a pause, in a header or in its own words") {
  const std::vector<Case> cases = {
      {slack, "/services/hunter2", "429 Too Many Requests\r\nRetry-After: 30", "rate_limited",
       SendStatus::Transient, 30s},
      {discord, "/api/webhooks/1/hunter2", "429 Too Many Requests",
       R"({"message":"You are being rate limited.","retry_after":1.337,"global":false})",
       SendStatus::Transient, 2s},
      {telegram, "/bothunter2/sendMessage", "429 Too Many Requests",
       R"({"ok":false,"error_code":429,"parameters":{"retry_after":35}})", SendStatus::Transient,
       35s},
      {pagerduty, "/v2/enqueue", "429 Too Many Requests", "", SendStatus::Transient},
      {whatsapp, "/1065/messages", "400 Bad Request",
       R"({"error":{"message":"(#131056) too many to this receiver","code":131056}})",
       SendStatus::Transient},
      {alertmanager, "/am/api/v2/alerts", "503 Service Unavailable", "", SendStatus::Transient},
      {opsgenie, "/v2/alerts", "503 Service Unavailable", "", SendStatus::Transient},
      {ntfy, "/", "429 Too Many Requests", R"({"code":42901,"http":429})", SendStatus::Transient}};
  for (const auto& expected : cases) check(expected);
}

// What each channel makes of a plain opening and its resolution, byte for byte, as files under
// tests/data/notifications. GATEWATCH_WRITE_GOLDEN=1 writes them anew, to be read before commit.

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <variant>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "alerting/delivery/channel.h"
#include "tests/alerting/delivery/example_notification.h"

using namespace gatewatch;
using namespace gatewatch::alerting;

namespace {

std::string written_out(const HttpRequest& request) {
  std::string text = "POST " + request.url.reveal() + "\n";
  for (const auto& header : request.headers) {
    text += header.name + ": " + header.value.reveal() + "\n";
  }
  return text + "\n" + nlohmann::ordered_json::parse(request.body).dump(2) + "\n";
}

std::string written_out(const MailRequest& request) {
  std::string text = request.server + "\nMAIL FROM " + request.from + "\n";
  for (const auto& receiver : request.to) text += "RCPT TO " + receiver + "\n";
  text += "\n";
  for (const char byte : request.message) {
    if (byte != '\r') text += byte;
  }
  return text;
}

std::string written_out(const LogRequest& request) {
  auto text = std::string(config::severity_name(request.severity)) + "\n";
  for (const auto& [key, value] : request.fields) text += key + ": " + value + "\n";
  return text;
}

void check_golden(const std::string& name, const Request& request) {
  const auto path = std::string(GATEWATCH_TEST_DATA) + "/notifications/" + name + ".golden";
  const auto text = std::visit([](const auto& kind) { return written_out(kind); }, request);
  if (std::getenv("GATEWATCH_WRITE_GOLDEN") != nullptr) std::ofstream(path) << text;
  std::ifstream file(path);
  std::ostringstream expected;
  expected << file.rdbuf();
  CAPTURE(path);
  CHECK(text == expected.str());
}

void check_channel(const config::Channel& settings) {
  const auto channel = make_channel(settings);
  const auto type = std::string(settings.type_name());
  check_golden(type + "_opened", channel->render(tests::opening(), "7c0ffee1.12.1.ops"));
  check_golden(type + "_resolved", channel->render(tests::resolution(), "7c0ffee1.12.3.ops"));
  check_golden(type + "_closed", channel->render(tests::closing(), "7c0ffee1.12.3.ops"));
}

}  // namespace

TEST_CASE("Slack's messages are those of the golden files") {
  check_channel(
      {"ops", config::SlackChannel{config::Secret("https://hooks.slack.com/services/T/B/X")}});
}

TEST_CASE("mails are those of the golden files") {
  config::EmailChannel email;
  email.server = "smtp://mail.example.com:587";
  email.from = "gatewatch@example.com";
  email.to = {"oncall@example.com", "Bereitschaft Köln <koeln@example.com>"};
  check_channel({"ops", email});
}

TEST_CASE("webhook bodies are those of the golden files") {
  config::WebhookChannel webhook;
  webhook.url = config::Secret("https://hook.example.com/in");
  webhook.hmac_key = config::Secret("key");
  check_channel({"ops", webhook});
}

TEST_CASE("log lines are those of the golden files") {
  check_channel({"ops", config::LogChannel{}});
}

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
#include "tests/source_paths.h"

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
  const auto path = tests::test_data_path("notifications/" + name + ".golden");
  const auto text = std::visit([](const auto& kind) { return written_out(kind); }, request);
  if (std::getenv("GATEWATCH_WRITE_GOLDEN") != nullptr) std::ofstream(path) << text;
  std::ifstream file(path);
  std::ostringstream expected;
  expected << file.rdbuf();
  CAPTURE(path);
  CHECK(text == expected.str());
}

void check_channel(const config::Channel& settings, std::string type = "") {
  if (type.empty()) type = settings.type_name();
  check_golden(type + "_opened", render(settings, tests::opening(), "7c0ffee1.12-1-ops"));
  check_golden(type + "_resolved", render(settings, tests::resolution(), "7c0ffee1.12-3-ops"));
  check_golden(type + "_closed", render(settings, tests::closing(), "7c0ffee1.12-3-ops"));
}

// What differs from an outage in more than its words.
void check_other_kinds(const config::Channel& settings) {
  const std::string type(settings.type_name());
  check_golden(type + "_worsened", render(settings, tests::worsening(), "7c0ffee1.12-2-ops"));
  check_golden(type + "_certificate",
               render(settings, tests::certificate_warning(), "7c0ffee1.12-1-ops"));
  check_golden(type + "_blind", render(settings, tests::blindness(), "7c0ffee1.13-1-ops"));
}

}  // namespace

TEST_CASE("Slack's messages are those of the golden files") {
  const config::Channel slack = {
      "ops", config::SlackChannel{{config::Secret("https://hooks.slack.com/services/T/B/X")}}};
  check_channel(slack);
  check_other_kinds(slack);
}

TEST_CASE("mails are those of the golden files") {
  config::EmailChannel email;
  email.server = "smtp://mail.example.com:587";
  email.from = "gatewatch@example.com";
  email.to = {"oncall@example.com", "Bereitschaft Köln <koeln@example.com>"};
  check_channel({"ops", email});
  check_other_kinds({"ops", email});
  // Shown by a browser in tests/end_to_end/mail_look_test.py: nothing of it is markup or too wide.
  const auto hostile = "<img src=x onerror=alert(1)> \xe2\x80\xaegnp.exe " + std::string(900, 'W');
  check_golden("email_hostile", render({"ops", email}, tests::hostile(hostile), "key"));
}

TEST_CASE("webhook bodies are those of the golden files") {
  config::WebhookChannel webhook;
  webhook.url = config::Secret("https://hook.example.com/in");
  webhook.hmac_key = config::Secret("key");
  check_channel({"ops", webhook});
}

TEST_CASE("webhook bodies in Alertmanager's format are those of the golden files") {
  config::WebhookChannel webhook;
  webhook.url = config::Secret("https://hook.example.com/in");
  webhook.format = config::WebhookFormat::Alertmanager;
  check_channel({"ops", webhook}, "webhook_alertmanager");
}

TEST_CASE("PagerDuty's events are those of the golden files") {
  config::PagerDutyChannel pagerduty;
  pagerduty.url = config::Secret("https://events.pagerduty.com");
  pagerduty.routing_key = config::Secret("routing-key");
  check_channel({"ops", pagerduty});
}

TEST_CASE("Opsgenie's alerts are those of the golden files") {
  config::OpsgenieChannel opsgenie;
  opsgenie.url = config::Secret("https://api.opsgenie.com");
  opsgenie.api_key = config::Secret("api-key");
  check_channel({"ops", opsgenie});
}

TEST_CASE("the cards of Teams are those of the golden files") {
  check_channel(
      {"ops", config::TeamsChannel{{config::Secret("https://teams.example.com/workflows/1")}}});
}

TEST_CASE("Discord's embeds are those of the golden files") {
  check_channel(
      {"ops", config::DiscordChannel{{config::Secret("https://discord.com/api/webhooks/1/T")}}});
}

TEST_CASE("Telegram's messages are those of the golden files") {
  config::TelegramChannel telegram;
  telegram.url = config::Secret("https://api.telegram.org");
  telegram.bot_token = config::Secret("123:token");
  telegram.chat_id = "-1001234567890";
  check_channel({"ops", telegram});
}

TEST_CASE("the messages of ntfy are those of the golden files") {
  config::NtfyChannel ntfy;
  ntfy.url = config::Secret("https://ntfy.sh");
  ntfy.topic = config::Secret("ops-502");
  ntfy.token = config::Secret("tk_token");
  check_channel({"ops", ntfy});
}

TEST_CASE("WhatsApp's templates are those of the golden files") {
  config::WhatsAppChannel whatsapp;
  whatsapp.url = config::Secret("https://graph.facebook.com/v23.0");
  whatsapp.token = config::Secret("token");
  whatsapp.phone_number_id = "1065";
  whatsapp.to = "4930123456";
  whatsapp.template_name = "gateway_alert";
  check_channel({"ops", whatsapp});
}

TEST_CASE("what Alertmanager is posted is that of the golden files") {
  config::AlertmanagerChannel alertmanager;
  alertmanager.url = config::Secret("http://127.0.0.1:9093");
  check_channel({"ops", alertmanager});
}

TEST_CASE("log lines are those of the golden files") {
  check_channel({"ops", config::LogChannel{}});
}

TEST_CASE("only what Alertmanager forgets is told again, and services are not hurried") {
  using namespace std::chrono_literals;
  CHECK(repeat_of({"ops", config::AlertmanagerChannel{}}) == 60s);
  CHECK_FALSE(repeat_of({"ops", config::WebhookChannel{}}).has_value());
  CHECK(pace_of({"ops", config::SlackChannel{}}) == 1s);
  CHECK(pace_of({"ops", config::LogChannel{}}) == 0s);
  CHECK(pace_of({"ops", config::DiscordChannel{}}) == 2s);
  CHECK(pace_of({"ops", config::TelegramChannel{}}) == 3s);
  CHECK(pace_of({"ops", config::NtfyChannel{}}) == 5s);
  CHECK(pace_of({"ops", config::WhatsAppChannel{}}) == 6s);
}

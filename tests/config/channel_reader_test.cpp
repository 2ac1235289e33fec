#include "config/channel_reader.h"

#include <variant>

#include "tests/config/good_files.h"

using namespace gatewatch::config;

TEST_CASE("every key of a channel of each type is read") {
  const auto config = good("complete");
  REQUIRE(config.channels.size() == 12);
  CHECK(config.channels[0].name == "ops-slack");
  CHECK(std::get<SlackChannel>(config.channels[0].type).url.reveal() ==
        "https://hooks.example.com/services/T/B/X");
  const auto& email = std::get<EmailChannel>(config.channels[1].type);
  CHECK(email.server == "smtp://mail.example.com:587");
  CHECK(email.tls == MailTls::None);
  CHECK(email.ca == "/dev/null");
  CHECK(email.username == "gatewatch");
  CHECK(email.password.reveal() == "token-of-the-test");
  CHECK(email.from == "gatewatch@example.com");
  CHECK(email.to == std::vector<std::string>{"oncall@example.com", "root@localhost"});
  const auto& hook = std::get<WebhookChannel>(config.channels[2].type);
  CHECK(hook.url.reveal() == "http://127.0.0.1:8080/hook");
  REQUIRE(hook.headers.size() == 1);
  CHECK(hook.headers[0].value.reveal() == "token-of-the-test");
  CHECK(hook.hmac_key.reveal() == "key");
  CHECK(hook.hmac_header == "X-Hub-Signature");
  CHECK(hook.ca == "/dev/null");
  CHECK(hook.format == WebhookFormat::Alertmanager);
  CHECK(std::holds_alternative<LogChannel>(config.channels[3].type));
}

TEST_CASE("what a message is sent to is in ASCII") {
  const auto config = loaded(
      "[[channel]]\nname = \"h\"\ntype = \"webhook\"\nurl = \"https://bücher.example/hook?k=1\"\n"
      "[[channel]]\nname = \"m\"\ntype = \"email\"\nserver = \"smtp://bücher.example\"\n"
      "from = \"a@bücher.example\"\nto = [\"b@bücher.example\"]\n");
  CHECK(std::get<WebhookChannel>(config.channels[0].type).url.reveal() ==
        "https://xn--bcher-kva.example/hook?k=1");
  const auto& email = std::get<EmailChannel>(config.channels[1].type);
  CHECK(email.server == "smtp://xn--bcher-kva.example:587");
  CHECK(email.from == "a@xn--bcher-kva.example");
  CHECK(email.to == std::vector<std::string>{"b@xn--bcher-kva.example"});
}

TEST_CASE("every key of a channel of a service is read") {
  const auto config = good("complete");
  const auto& pager = std::get<PagerDutyChannel>(config.channels[4].type);
  CHECK(pager.routing_key.reveal() == "token-of-the-test");
  CHECK(pager.url.reveal() == "https://events.eu.pagerduty.com");
  const auto& genie = std::get<OpsgenieChannel>(config.channels[5].type);
  CHECK(genie.api_key.reveal() == "token-of-the-test");
  CHECK(genie.url.reveal() == "https://api.eu.opsgenie.com");
  CHECK(genie.ca == "/dev/null");
  CHECK(std::get<TeamsChannel>(config.channels[6].type).url.reveal() ==
        "https://teams.example.com/workflows/1");
  CHECK(std::get<DiscordChannel>(config.channels[7].type).url.reveal() ==
        "https://discord.example.com/api/webhooks/1/token");
  const auto& telegram = std::get<TelegramChannel>(config.channels[8].type);
  CHECK(telegram.url.reveal() == "https://api.telegram.org");
  CHECK(telegram.bot_token.reveal() == "123:token");
  CHECK(telegram.chat_id == "-1001234567890");
  CHECK(telegram.message_thread_id == 7);
  const auto& ntfy = std::get<NtfyChannel>(config.channels[9].type);
  CHECK(ntfy.url.reveal() == "http://ntfy.example.com");
  CHECK(ntfy.topic.reveal() == "ops-502");
  CHECK(ntfy.token.reveal() == "tk_token");
  const auto& whatsapp = std::get<WhatsAppChannel>(config.channels[10].type);
  CHECK(whatsapp.url.reveal() == "https://graph.facebook.com/v23.0");
  CHECK(whatsapp.token.reveal() == "token-of-the-test");
  CHECK(whatsapp.phone_number_id == "106540352242922");
  CHECK(whatsapp.to == "4930123456");
  CHECK(whatsapp.template_name == "gateway_alert");
  CHECK(whatsapp.language == "de");
  const auto& alertmanager = std::get<AlertmanagerChannel>(config.channels[11].type);
  CHECK(alertmanager.url.reveal() == "http://alertmanager.example.com:9093/am");
  CHECK(alertmanager.headers.at(0).value.reveal() == "token-of-the-test");
}

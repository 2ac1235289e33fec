#include "config/channel_reader.h"

#include <variant>

#include "tests/config/good_files.h"

using namespace gatewatch::config;

namespace {

std::string server(const std::string& text) {
  const auto config = loaded(
      "[[channel]]\nname = \"m\"\ntype = \"email\"\nfrom = \"a@example.com\"\n"
      "to = [\"b@example.com\"]\nserver = \"" +
      text + "\"\n");
  return std::get<EmailChannel>(config.channels[0].type).server;
}

}  // namespace

TEST_CASE("every key of a channel of each type is read") {
  const auto config = good("complete");
  REQUIRE(config.channels.size() == 4);
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

TEST_CASE("a mail server without a port gets that of its scheme") {
  CHECK(server("smtp://mail.example.com") == "smtp://mail.example.com:587");
  CHECK(server("smtps://mail.example.com/") == "smtps://mail.example.com:465");
  CHECK(server("smtp://mail.example.com:25") == "smtp://mail.example.com:25");
  CHECK(server("smtp://mail.example.com:80") == "smtp://mail.example.com:80");
  CHECK(server("smtp://[::1]:2525") == "smtp://[::1]:2525");
}

#include "alerting/delivery/email.h"

#include <string>
#include <string_view>
#include <variant>

#include <doctest/doctest.h>

#include "tests/alerting/delivery/example_notification.h"

using namespace gatewatch;
using namespace gatewatch::alerting;

namespace {

config::EmailChannel settings() {
  config::EmailChannel email;
  email.server = "smtp://mail.example.com:587";
  email.username = "gatewatch";
  email.password = config::Secret("hunter2");
  email.from = "Gatewatch <gatewatch@example.com>";
  email.to = {"oncall@example.com", "Second <second@example.com>"};
  return email;
}

MailRequest rendered(const config::EmailChannel& email, const Notification& notification,
                     const std::string& key) {
  return render_email("oncall", email, notification, key);
}

std::string header(const std::string& message, const std::string& name) {
  const auto head = "\r\n" + message.substr(0, message.find("\r\n\r\n") + 2);
  const auto begin = head.find("\r\n" + name + ": ");
  if (begin == std::string::npos) return "";
  const auto value = begin + name.size() + 4;
  return head.substr(value, head.find("\r\n", value) - value);
}

void check_wire(const std::string& message) {
  std::size_t begin = 0;
  while (begin < message.size()) {
    const auto end = message.find("\r\n", begin);
    REQUIRE(end != std::string::npos);
    const auto line = std::string_view(message).substr(begin, end - begin);
    const bool identity = line.starts_with("Message-ID:") || line.starts_with("In-Reply-To:") ||
                          line.starts_with("References:");  // cannot be folded
    CHECK(line.size() <= (identity ? 250U : 76U));
    for (const char byte : line) {
      const bool printable = byte >= ' ' && byte < 0x7f;
      CHECK(printable);
    }
    begin = end + 2;
  }
}

int occurrences(const std::string& text, const std::string& part) {
  int count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("the envelope holds addresses alone, and the server's settings pass through") {
  const auto mail = rendered(settings(), tests::opening(), "key");
  CHECK(mail.server == "smtp://mail.example.com:587");
  CHECK(mail.from == "gatewatch@example.com");
  CHECK(mail.to == std::vector<std::string>{"oncall@example.com", "second@example.com"});
  CHECK(mail.username == "gatewatch");
  CHECK(mail.password.reveal() == "hunter2");
  CHECK(mail.message.find("hunter2") == std::string::npos);
}

TEST_CASE("mails of one incident and channel are one thread") {
  const auto first = rendered(settings(), tests::opening(), "7c0ffee1.12-1-oncall").message;
  const auto last = rendered(settings(), tests::resolution(), "7c0ffee1.12-3-oncall").message;
  CHECK(header(first, "Message-ID") == "<7c0ffee1.12-1-oncall@gatewatch.example.com>");
  CHECK(header(first, "References").empty());
  CHECK(header(last, "Message-ID") == "<7c0ffee1.12-3-oncall@gatewatch.example.com>");
  CHECK(header(last, "References") == header(first, "Message-ID"));
  CHECK(header(last, "In-Reply-To") == header(first, "Message-ID"));
  CHECK(header(first, "Auto-Submitted") == "auto-generated");
}

TEST_CASE("what comes in place of another channel joins the thread under an id of its own") {
  const auto own = rendered(settings(), tests::opening(), "7c0ffee1.12-1-oncall").message;
  const auto other = rendered(settings(), tests::opening(), "7c0ffee1.12-1-ops+oncall").message;
  CHECK(header(other, "Message-ID") == "<7c0ffee1.12-1-ops=2boncall@gatewatch.example.com>");
  CHECK(header(other, "References") == header(own, "Message-ID"));
}

TEST_CASE("every attempt renders the same bytes") {
  CHECK(rendered(settings(), tests::opening(), "k").message ==
        rendered(settings(), tests::opening(), "k").message);
  CHECK(rendered(settings(), tests::resolution(), "k1").message !=
        rendered(settings(), tests::resolution(), "k2").message);
}

TEST_CASE("hostile texts add no header, no line and no markup") {
  for (const auto& text : tests::hostile_texts()) {
    const auto message = rendered(settings(), tests::hostile(text), text).message;
    check_wire(message);
    const auto head = message.substr(0, message.find("\r\n\r\n"));
    CHECK(head.find("\r\nBcc:") == std::string::npos);
    CHECK(occurrences(message, "--=_gatewatch_part\r\n") == 2);
    CHECK(occurrences(message, "--=_gatewatch_part--\r\n") == 1);
    const auto html = message.substr(message.find("text/html"));
    CHECK(html.find("<script") == std::string::npos);
    CHECK(html.find("javascript:alert(1)\"") == std::string::npos);
    CHECK(message.size() < 100'000);
  }
}

TEST_CASE("a receiver that is no address is left out, a sender that is none leaves nothing") {
  auto email = settings();
  email.to = {"a@example.com\r\nBcc: evil@example.com", "fine@example.com"};
  CHECK(rendered(email, tests::opening(), "k").to == std::vector<std::string>{"fine@example.com"});
  email.from = "gatewatch@example.com\r\nX: y";
  const auto mail = rendered(email, tests::opening(), "k");
  CHECK(mail.from.empty());
  CHECK(mail.message.empty());
}

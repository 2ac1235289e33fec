#include "alerting/delivery/telegram.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "alerting/delivery/text.h"
#include "tests/alerting/delivery/example_notification.h"
#include "tests/alerting/delivery/rendered.h"

using namespace gatewatch;
using namespace gatewatch::alerting;

namespace {

HttpRequest rendered(const Notification& notification, int thread = 0) {
  config::TelegramChannel telegram;
  telegram.url = config::Secret("https://api.telegram.org/");
  telegram.bot_token = config::Secret("123:token");
  telegram.chat_id = "-100";
  telegram.message_thread_id = thread;
  return render_telegram(telegram, notification, "k");
}

// The text without the tags that we write; anything else that looks like one is a failure.
std::string without_tags(std::string_view text) {
  constexpr std::array<std::string_view, 7> tags = {"<b>",    "</b>",    "<i>", "</i>",
                                                    "<code>", "</code>", "</a>"};
  std::string plain;
  while (!text.empty()) {
    if (text.front() != '<') {
      plain += text.front();
      text.remove_prefix(1);
      continue;
    }
    const auto tag = text.substr(0, text.find('>') + 1);
    CAPTURE(tag);
    const bool link = tag.starts_with("<a href=\"http") && tag.ends_with("\">");
    CHECK((link || std::ranges::find(tags, tag) != tags.end()));
    text.remove_prefix(tag.size());
  }
  return plain;
}

}  // namespace

TEST_CASE("no hostile text breaks Telegram's limit or makes a tag") {
  for (const auto& text : tests::hostile_texts()) {
    const auto body = tests::body_of(rendered(tests::hostile(text)));
    const auto plain = without_tags(body.at("text").get<std::string>());
    CHECK(plain.find_first_of("<>") == std::string::npos);
    tests::check_texts_are_clean(body);
  }
  const auto longest = tests::body_of(rendered(tests::hostile(std::string(100'000, 'A'))));
  CHECK(units_of(without_tags(longest.at("text").get<std::string>())) <= 4096);
}

TEST_CASE("nobody is mentioned") {
  const auto body = tests::body_of(rendered(tests::hostile("@oncall and mail@example.com")));
  CHECK(body.at("text").get<std::string>().find('@') == std::string::npos);
}

TEST_CASE("the token stands in the path, and no error may repeat it") {
  const auto request = rendered(tests::opening());
  CHECK(request.url.reveal() == "https://api.telegram.org/bot123:token/sendMessage");
  REQUIRE(request.secrets.size() == 1);
  CHECK(request.secrets[0].reveal() == "123:token");
  CHECK(request.body.find("123:token") == std::string::npos);
}

TEST_CASE("a forum's topic is named where there is one") {
  CHECK_FALSE(tests::body_of(rendered(tests::opening())).contains("message_thread_id"));
  CHECK(tests::body_of(rendered(tests::opening(), 7)).at("message_thread_id") == 7);
}

#include "alerting/delivery/discord.h"

#include <string>

#include <doctest/doctest.h>

#include "alerting/delivery/text.h"
#include "tests/alerting/delivery/example_notification.h"
#include "tests/alerting/delivery/rendered.h"

using namespace gatewatch;
using namespace gatewatch::alerting;

namespace {

nlohmann::json rendered(const Notification& notification) {
  return tests::body_of(render_discord({{config::Secret("https://discord.com/api/webhooks/1/t")}},
                                       notification, "k"));
}

// Outside of code spans every mark is escaped; the links that are left are ours.
void check_escaped(const std::string& text) {
  CAPTURE(text);
  bool in_code = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '`') in_code = !in_code;
    if (in_code) continue;
    if (text[at] == '\\') {
      ++at;
      continue;
    }
    CHECK(text[at] != '@');
    CHECK(text[at] != '_');
    if (text[at] == '<') CHECK(text.compare(at - 2, 7, "](<http") == 0);
  }
}

}  // namespace

TEST_CASE("no hostile text breaks Discord's limits, mentions, links or formats") {
  for (const auto& text : tests::hostile_texts()) {
    const auto body = rendered(tests::hostile(text));
    CHECK(body.at("allowed_mentions").at("parse").empty());
    CHECK_FALSE(body.contains("content"));
    REQUIRE(body.at("embeds").size() == 1);
    const auto& embed = body.at("embeds")[0];
    const auto title = embed.at("title").get<std::string>();
    const auto description = embed.at("description").get<std::string>();
    const auto footer = embed.at("footer").at("text").get<std::string>();
    CHECK(units_of(title) <= 256);
    CHECK(units_of(description) <= 4096);
    CHECK(units_of(footer) <= 2048);
    CHECK(units_of(title) + units_of(description) + units_of(footer) <= 6000);
    check_escaped(title);
    check_escaped(description);
    tests::check_texts_are_clean(body);
  }
}

TEST_CASE("marks of Markdown in data are shown, not obeyed") {
  auto notification = tests::opening();
  notification.diagnosis = "@everyone [a](https://evil.example) **b** <@1> # c";
  notification.evidence = {"id=5f_3a `*`"};
  const auto text = rendered(notification).at("embeds")[0].at("description").get<std::string>();
  CHECK(text.find(R"(\@everyone \[a\]\(https\://evil.example\) \*\*b\*\* \<\@1\> \# c)") !=
        std::string::npos);
  CHECK(text.find("`id=5f_3a ˋ*ˋ`") != std::string::npos);
}

TEST_CASE("a link that no longer fits is left out, and the next one may fit") {
  auto notification = tests::opening();
  notification.link = "https://status.example.com/" + std::string(1900, 'a');
  notification.diagnosis = std::string(500, 'd');
  notification.fixer = std::string(500, 'f');
  notification.evidence.assign(3, std::string(500, 'e'));
  notification.gateway = std::string(500, 'g');
  notification.regions_failing.assign(10, std::string(120, 'r'));
  notification.routes[0].id = std::string(120, 'n');
  notification.reason = std::string(500, 'r');
  const auto text = rendered(notification).at("embeds")[0].at("description").get<std::string>();
  CHECK(text.find("[Incident]") == std::string::npos);
  CHECK(text.find("[Runbook](<https://wiki.example.com/502>)") != std::string::npos);
}

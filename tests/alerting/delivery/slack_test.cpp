#include "alerting/delivery/slack.h"

#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "alerting/delivery/text.h"
#include "tests/alerting/delivery/example_notification.h"

using namespace gatewatch;
using namespace gatewatch::alerting;
using nlohmann::json;

namespace {

json rendered(const Notification& notification) {
  const auto request =
      render_slack({{config::Secret("https://hooks.slack.com/services/T")}}, notification, "key");
  CHECK(request.url.reveal() == "https://hooks.slack.com/services/T");
  return json::parse(request.body);
}

// Every "<", ">" and "&" is part of an entity: nothing can link, mention or break out.
void check_escaped(const std::string& text) {
  CAPTURE(text);
  CHECK(text.find_first_of("<>") == std::string::npos);
  for (auto at = text.find('&'); at != std::string::npos; at = text.find('&', at + 1)) {
    const auto entity = text.substr(at, text.find(';', at) - at + 1);
    CHECK((entity == "&amp;" || entity == "&lt;" || entity == "&gt;"));
  }
}

void check_block(const json& block) {
  const auto type = block.at("type").get<std::string>();
  if (type == "header") {
    CHECK(block.at("text").at("type") == "plain_text");
    CHECK(units_of(block.at("text").at("text").get<std::string>()) <= 150);
  } else if (type == "section") {
    CHECK(block.at("text").at("verbatim") == true);
    const auto length = units_of(block.at("text").at("text").get<std::string>());
    CHECK(length >= 1);
    CHECK(length <= 3000);
  } else if (type == "actions") {
    CHECK(block.at("elements").size() <= 25);
    for (const auto& button : block.at("elements")) {
      CHECK(is_web_link(button.at("url").get<std::string>()));
      CHECK(units_of(button.at("text").at("text").get<std::string>()) <= 75);
    }
  } else {
    CHECK(type == "context");
    CHECK(block.at("elements").size() <= 10);
  }
}

void check_texts(const json& value) {
  if (value.is_object() && value.contains("text") && value.at("text").is_string()) {
    check_escaped(value.at("text").get<std::string>());
  }
  if (!value.is_structured()) return;
  for (const auto& inner : value) check_texts(inner);
}

}  // namespace

TEST_CASE("no hostile text breaks Slack's limits, links or mentions") {
  for (const auto& text : tests::hostile_texts()) {
    const auto body = rendered(tests::hostile(text));
    CHECK(body.at("blocks").size() <= 50);
    for (const auto& block : body.at("blocks")) check_block(block);
    check_texts(body);
  }
}

TEST_CASE("marks of data format nothing, and evidence can be copied as it is") {
  CHECK(slack_text("*a* ~b~ `c` a_b & <x>", 100) == "∗a∗ ∼b∼ ˋcˋ a_b &amp; &lt;x&gt;");
  CHECK(slack_code("id=5f_3a*~", 100) == "`id=5f_3a*~`");
  CHECK(slack_code("a`b", 100) == "`aˋb`");
}

TEST_CASE("a cut never falls inside an entity") {
  CHECK(slack_text("<<<", 12) == "&lt;&lt;&lt;");
  CHECK(slack_text("<<<", 11) == "&lt;&lt;…");
  CHECK(slack_text("<<<", 8) == "&lt;…");
  CHECK(slack_text("abc", 2) == "a…");
  CHECK(slack_text("🔥🔥", 3) == "🔥…");
}

TEST_CASE("without evidence and links, their blocks are absent") {
  auto notification = tests::opening();
  notification.evidence.clear();
  notification.link.clear();
  for (auto& route : notification.routes) route.runbook.clear();
  const auto body = rendered(notification);
  CHECK(body.at("blocks").size() == 3);
}

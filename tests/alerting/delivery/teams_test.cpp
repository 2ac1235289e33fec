#include "alerting/delivery/teams.h"

#include <string>

#include <doctest/doctest.h>

#include "alerting/delivery/text.h"
#include "tests/alerting/delivery/example_notification.h"
#include "tests/alerting/delivery/rendered.h"

using namespace gatewatch;
using namespace gatewatch::alerting;

namespace {

HttpRequest rendered(const Notification& notification) {
  return render_teams({{config::Secret("https://teams.example.com/workflows/1")}}, notification,
                      "k");
}

}  // namespace

TEST_CASE("hostile texts stay within text runs, and links are to the web") {
  for (const auto& text : tests::hostile_texts()) {
    const auto request = rendered(tests::hostile(text));
    CHECK(request.body.size() < 28'000);
    const auto body = tests::body_of(request);
    const auto& card = body.at("attachments")[0].at("content");
    CHECK(card.at("version") == "1.4");
    for (const auto& block : card.at("body")) {
      CHECK(block.at("type") == "RichTextBlock");
      for (const auto& run : block.at("inlines")) CHECK(run.at("type") == "TextRun");
    }
    for (const auto& action : card.at("actions")) {
      CHECK(is_web_link(action.at("url").get<std::string>()));
    }
    tests::check_texts_are_clean(body);
  }
}

TEST_CASE("the longest links and the widest characters fit, too") {
  std::string wide;
  for (int count = 0; count < 1000; ++count) wide += "語";
  auto notification = tests::hostile(wide);
  notification.link = "https://a.example.com/" + std::string(1970, 'a');
  notification.routes.clear();
  for (int at = 0; at < 4; ++at) {
    notification.routes.push_back(
        {wide, wide, "https://b.example.com/" + std::to_string(at) + std::string(1970, 'b')});
  }
  const auto request = rendered(notification);
  CHECK(request.body.size() < 28'000);
  CHECK(tests::body_of(request).at("attachments")[0].at("content").at("actions").size() == 4);
}

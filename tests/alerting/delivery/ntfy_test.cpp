#include "alerting/delivery/ntfy.h"

#include <string>

#include <doctest/doctest.h>

#include "alerting/delivery/text.h"
#include "tests/alerting/delivery/example_notification.h"
#include "tests/alerting/delivery/rendered.h"

using namespace gatewatch;
using namespace gatewatch::alerting;

namespace {

HttpRequest rendered(const Notification& notification, const std::string& token = "") {
  config::NtfyChannel ntfy;
  ntfy.url = config::Secret("https://ntfy.sh");
  ntfy.topic = config::Secret("ops-502");
  ntfy.token = config::Secret(token);
  return render_ntfy(ntfy, notification, "k");
}

}  // namespace

TEST_CASE("no hostile text breaks ntfy's limits, and links are to the web") {
  for (const auto& text : tests::hostile_texts()) {
    const auto request = rendered(tests::hostile(text));
    CHECK(request.body.size() < 16'384);
    const auto body = tests::body_of(request);
    CHECK(body.at("message").get<std::string>().size() <= 4096);
    CHECK_FALSE(body.contains("markdown"));
    if (body.contains("click")) CHECK(is_web_link(body.at("click").get<std::string>()));
    tests::check_texts_are_clean(body);
  }
}

TEST_CASE("a long message is cut at its end, and says so") {
  auto notification = tests::opening();
  notification.diagnosis = std::string(500, 'd');
  notification.fixer = std::string(500, 'f');
  notification.gateway = std::string(500, 'g');
  for (auto& line : notification.evidence) line = std::string(500, 'e');
  notification.regions_failing.assign(10, std::string(120, 'r'));
  notification.routes[0].id = std::string(120, 'n');
  notification.reason = std::string(500, 'x');
  const auto message = tests::body_of(rendered(notification)).at("message").get<std::string>();
  CHECK(message.starts_with("Since: "));
  CHECK(message.size() <= 4096);
}

TEST_CASE("the louder, the worse") {
  auto notification = tests::opening();
  CHECK(tests::body_of(rendered(notification)).at("priority") == 5);
  notification.severity = config::Severity::Warning;
  CHECK(tests::body_of(rendered(notification)).at("priority") == 4);
  CHECK(tests::body_of(rendered(tests::resolution())).at("priority") == 3);
}

TEST_CASE("a token goes along where there is one") {
  CHECK(tests::header_of(rendered(tests::opening()), "Authorization").empty());
  CHECK(tests::header_of(rendered(tests::opening(), "tk_1"), "Authorization") == "Bearer tk_1");
}

TEST_CASE("without links there is nothing to click") {
  auto notification = tests::opening();
  notification.link.clear();
  for (auto& route : notification.routes) route.runbook.clear();
  const auto body = tests::body_of(rendered(notification));
  CHECK_FALSE(body.contains("click"));
  CHECK_FALSE(body.contains("actions"));
}

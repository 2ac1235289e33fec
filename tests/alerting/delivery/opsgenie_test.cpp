#include "alerting/delivery/opsgenie.h"

#include <string>

#include <doctest/doctest.h>

#include "alerting/delivery/text.h"
#include "tests/alerting/delivery/example_notification.h"
#include "tests/alerting/delivery/rendered.h"

using namespace gatewatch;
using namespace gatewatch::alerting;

namespace {

HttpRequest rendered(const Notification& notification) {
  config::OpsgenieChannel opsgenie;
  opsgenie.url = config::Secret("https://api.opsgenie.com");
  opsgenie.api_key = config::Secret("g3n13");
  return render_opsgenie(opsgenie, notification, "k");
}

}  // namespace

TEST_CASE("the end closes what the opening created") {
  const auto opening = rendered(tests::opening());
  CHECK(opening.url.reveal() == "https://api.opsgenie.com/v2/alerts");
  CHECK(tests::header_of(opening, "Authorization") == "GenieKey g3n13");
  CHECK(tests::body_of(opening).at("alias") == "7c0ffee1.12");
  const auto end = rendered(tests::resolution());
  CHECK(end.url.reveal() ==
        "https://api.opsgenie.com/v2/alerts/7c0ffee1.12/close?identifierType=alias");
  CHECK_FALSE(tests::body_of(end).contains("message"));
}

TEST_CASE("no hostile text breaks Opsgenie's limits, its URL or makes a tag") {
  for (const auto& text : tests::hostile_texts()) {
    auto notification = tests::hostile(text);
    const auto body = tests::body_of(rendered(notification));
    CHECK(units_of(body.at("message").get<std::string>()) <= 130);
    CHECK(units_of(body.at("entity").get<std::string>()) <= 512);
    CHECK(units_of(body.at("description").get<std::string>()) <= 15'000);
    for (const auto& tag : body.at("tags")) CHECK(units_of(tag.get<std::string>()) <= 50);
    tests::for_each_text(body, [](const std::string& part) {
      CHECK(part.find_first_of("<>") == std::string::npos);
    });
    tests::check_texts_are_clean(body);
    notification.kind = NotificationKind::Resolved;
    const auto url = rendered(notification).url.reveal();
    CHECK(url.size() < 250);
    CHECK(url.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-_.:/?=") == std::string::npos);
  }
}

TEST_CASE("a severity has its priority") {
  auto notification = tests::opening();
  CHECK(tests::body_of(rendered(notification)).at("priority") == "P1");
  notification.severity = config::Severity::Warning;
  CHECK(tests::body_of(rendered(notification)).at("priority") == "P3");
  notification.severity = config::Severity::Info;
  CHECK(tests::body_of(rendered(notification)).at("priority") == "P5");
}

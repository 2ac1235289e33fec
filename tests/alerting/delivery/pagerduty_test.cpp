#include "alerting/delivery/pagerduty.h"

#include <string>

#include <doctest/doctest.h>

#include "alerting/delivery/text.h"
#include "tests/alerting/delivery/example_notification.h"
#include "tests/alerting/delivery/rendered.h"

using namespace gatewatch;
using namespace gatewatch::alerting;

namespace {

HttpRequest rendered(const Notification& notification) {
  config::PagerDutyChannel pagerduty;
  pagerduty.url = config::Secret("https://events.pagerduty.com");
  pagerduty.routing_key = config::Secret("R0UT1NG");
  return render_pagerduty(pagerduty, notification, "k");
}

}  // namespace

TEST_CASE("the end resolves what the opening triggered, and no error may repeat the key") {
  const auto opening = rendered(tests::opening());
  const auto end = tests::body_of(rendered(tests::resolution()));
  CHECK(opening.url.reveal() == "https://events.pagerduty.com/v2/enqueue");
  CHECK(opening.secrets.at(0).reveal() == "R0UT1NG");
  CHECK(tests::body_of(opening).at("event_action") == "trigger");
  CHECK(end.at("event_action") == "resolve");
  CHECK(end.at("dedup_key") == tests::body_of(opening).at("dedup_key"));
  CHECK_FALSE(end.contains("payload"));
}

TEST_CASE("who takes care of an incident stops its escalation there") {
  auto notification = tests::opening();
  notification.kind = NotificationKind::Acknowledged;
  const auto body = tests::body_of(rendered(notification));
  CHECK(body.at("event_action") == "acknowledge");
  CHECK(body.at("dedup_key") == "7c0ffee1.12");
  CHECK_FALSE(body.contains("payload"));
}

TEST_CASE("what comes in between adds to what is open") {
  for (const auto kind :
       {NotificationKind::Worsened, NotificationKind::Reminder, NotificationKind::Reopened}) {
    auto notification = tests::opening();
    notification.kind = kind;
    const auto body = tests::body_of(rendered(notification));
    CHECK(body.at("event_action") == "trigger");
    CHECK(body.at("dedup_key") == "7c0ffee1.12");
  }
}

TEST_CASE("no hostile text breaks PagerDuty's limits") {
  for (const auto& text : tests::hostile_texts()) {
    const auto request = rendered(tests::hostile(text));
    CHECK(request.body.size() < 512'000);
    const auto body = tests::body_of(request);
    CHECK(body.at("dedup_key").get<std::string>().size() <= 255);
    const auto& payload = body.at("payload");
    CHECK(units_of(payload.at("summary").get<std::string>()) <= 1024);
    CHECK_FALSE(payload.at("source").get<std::string>().empty());
    for (const auto& link : body.at("links")) {
      CHECK(is_web_link(link.at("href").get<std::string>()));
    }
    tests::check_texts_are_clean(body);
  }
}

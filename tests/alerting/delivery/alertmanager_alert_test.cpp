#include "alerting/delivery/alertmanager_alert.h"

#include <doctest/doctest.h>

#include "alerting/delivery/text.h"
#include "tests/alerting/delivery/example_notification.h"

using namespace gatewatch;
using namespace gatewatch::alerting;

TEST_CASE("each route is an alert whose labels last from the opening to the end") {
  const auto opening = alerts_of(tests::opening());
  const auto end = alerts_of(tests::resolution());
  REQUIRE(opening.size() == 3);
  REQUIRE(end.size() == 3);
  CHECK(opening[0].labels == Labels{{"alertname", "bad-gateway"},
                                    {"gateway", "https://shop.example.com:443"},
                                    {"incident", "7c0ffee1.12"},
                                    {"route", "shop/checkout"},
                                    {"severity", "critical"}});
  for (std::size_t at = 0; at < 3; ++at) {
    CHECK(opening[at].labels == end[at].labels);
    CHECK_FALSE(opening[at].ends.has_value());
    CHECK(end[at].ends == tests::at_second(754));
  }
  CHECK(opening[0].annotations.at("runbook_url") == "https://wiki.example.com/502");
  CHECK_FALSE(opening[1].annotations.contains("runbook_url"));
}

TEST_CASE("a route that no longer fires has ended though the incident goes on") {
  auto notification = tests::opening();
  notification.kind = NotificationKind::Worsened;
  notification.routes[1].firing = false;
  const auto alerts = alerts_of(notification);
  CHECK_FALSE(alerts[0].ends.has_value());
  CHECK(alerts[1].ends == notification.at);
}

TEST_CASE("a fingerprint is that of Prometheus") {
  // Of model.LabelSet{}.Fingerprint() and of the sorted pairs, each part closed by the byte 255.
  CHECK(fingerprint({}) == "cbf29ce484222325");
  CHECK(fingerprint({{"a", "b"}}) != fingerprint({{"ab", ""}}));
  CHECK(fingerprint({{"a", "b"}}).size() == 16);
}

TEST_CASE("labels and annotations of hostile texts are bounded, and links are to the web") {
  for (const auto& text : tests::hostile_texts()) {
    for (const auto& alert : alerts_of(tests::hostile(text))) {
      for (const auto& [name, value] : alert.labels) CHECK(units_of(value) <= 500);
      CHECK((alert.generator.empty() || is_web_link(alert.generator)));
      CHECK(alert.annotations.at("description").size() < 30'000);
    }
  }
}

TEST_CASE("of thousands of routes the first are alerts") {
  auto notification = tests::opening();
  notification.routes.assign(5000, notification.routes.front());
  CHECK(alerts_of(notification).size() == most_alerts);
}

#include "alerting/notification.h"

#include <chrono>
#include <string>

#include <doctest/doctest.h>

using namespace gatewatch;
using namespace gatewatch::alerting;

namespace {

Notification full_notification() {
  const auto at = [](std::int64_t microseconds) {
    return Timestamp{std::chrono::microseconds{microseconds}};
  };
  return {.kind = NotificationKind::Resolved,
          .incident = 7,
          .sequence = 3,
          .incident_key = "gw-1700000000000-7",
          .rule = "bad-gateway",
          .severity = config::Severity::Warning,
          .what = "502 Bad Gateway",
          .gateway = "https://shop.example.com",
          .routes = {{"shop/checkout", "https://shop.example.com/c", "https://wiki/502", true},
                     {"shop/cart", "https://shop.example.com/b", "", false}},
          .since = at(1'700'000'000'123'456),
          .at = at(1'700'000'300'000'001),
          .resolved = at(1'700'000'300'000'000),
          .reason = "the route was removed from the configuration",
          .of_certificate = true,
          .certificate_expires = at(1'700'500'000'000'000),
          .monitor = {},
          .probes = 41,
          .failures = 37,
          .regions_failing = {"eu-west"},
          .regions_clean = {"us-east", "ap"},
          .evidence = {"GET \"quoted\" \n line", "snow \xE2\x98\x83"},
          .diagnosis = "The origin refuses connections.",
          .fixer = "the owner of the origin",
          .link = "http://127.0.0.1:9502/incidents/7"};
}

Notification counting(std::uint64_t failures, std::uint64_t probes) {
  Notification notification;
  notification.failures = failures;
  notification.probes = probes;
  return notification;
}

}  // namespace

TEST_CASE("a headline names the worst route and counts the others") {
  Notification notification;
  notification.what = "502 Bad Gateway";
  CHECK(notification.headline() == "502 Bad Gateway");
  notification.routes = {{.id = "shop/checkout", .url = {}, .runbook = {}}};
  CHECK(notification.headline() == "502 Bad Gateway on shop/checkout");
  notification.routes.push_back({.id = "shop/cart", .url = {}, .runbook = {}});
  CHECK(notification.headline() == "502 Bad Gateway on shop/checkout and 1 more route");
  notification.routes.push_back({.id = "shop/home", .url = {}, .runbook = {}});
  CHECK(notification.headline() == "502 Bad Gateway on shop/checkout and 2 more routes");
  // Those that have recovered do not count while others fail.
  notification.routes.back().firing = false;
  CHECK(notification.headline() == "502 Bad Gateway on shop/checkout and 1 more route");
}

TEST_CASE("a share is rounded, but never to all or to nothing") {
  CHECK(counting(37, 41).share() == "37 of 41 probes, 90 %");
  CHECK(counting(3, 3).share() == "3 of 3 probes, 100 %");
  CHECK(counting(1, 1).share() == "1 of 1 probe, 100 %");
  CHECK(counting(999, 1000).share() == "999 of 1000 probes, 99 %");
  CHECK(counting(1, 40).share() == "1 of 40 probes, 2.5 %");
  CHECK(counting(1, 4000).share() == "1 of 4000 probes, under 0.1 %");
  CHECK(counting(0, 5).share() == "0 of 5 probes, 0 %");
  CHECK(counting(0, 0).share() == "no probes");
}

TEST_CASE("of a certificate is told when it expires instead of a share") {
  const auto noon =
      Timestamp{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20}} + std::chrono::hours(12);
  auto notification = counting(3, 3);
  notification.of_certificate = true;
  notification.at = noon;
  CHECK(notification.share() == "expires soon");
  const auto share_in = [&](std::chrono::hours left) {
    notification.certificate_expires = noon + left;
    return notification.share();
  };
  CHECK(share_in(std::chrono::hours(8 * 24 + 5)) == "expires 2026-11-28, in 8 days");
  CHECK(share_in(std::chrono::hours(47)) == "expires 2026-11-22, in 1 day");
  CHECK(share_in(std::chrono::hours(23)) == "expires 2026-11-21, within a day");
  notification.kind = NotificationKind::Resolved;
  CHECK(notification.share() == "no longer expires soon");
}

TEST_CASE("what was stored is read back as it was") {
  auto notification = full_notification();
  auto read = notification_from_json(to_json_text(notification));
  REQUIRE(read.has_value());
  CHECK(*read == notification);
  for (const auto kind : {NotificationKind::Opened, NotificationKind::Worsened,
                          NotificationKind::Reminder, NotificationKind::Reopened}) {
    notification.kind = kind;
    notification.resolved.reset();
    read = notification_from_json(to_json_text(notification));
    REQUIRE(read.has_value());
    CHECK(*read == notification);
  }
}

TEST_CASE("bytes that are no UTF-8 become U+FFFD instead of an error") {
  auto notification = full_notification();
  notification.evidence = {"bad \xFF byte"};
  const auto read = notification_from_json(to_json_text(notification));
  REQUIRE(read.has_value());
  CHECK(read->evidence.front() == "bad \xEF\xBF\xBD byte");
}

TEST_CASE("a text that is no notification is an error, not a crash") {
  const auto whole = to_json_text(full_notification());
  auto other_kind = whole;
  other_kind.replace(other_kind.find("\"resolved\""), 10, "\"unheard\"");
  for (const auto& text : {std::string(), std::string("{"), std::string("[]"), std::string("null"),
                           std::string("{}"), whole.substr(0, whole.size() / 2), other_kind}) {
    CAPTURE(text);
    CHECK_FALSE(notification_from_json(text).has_value());
  }
}

#include "alerting/delivery/message.h"

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/alerting/delivery/example_notification.h"

using namespace gatewatch;
using namespace gatewatch::alerting;

namespace {

std::vector<std::string> labels(const Message& message) {
  std::vector<std::string> result;
  for (const auto& fact : message.facts) result.push_back(fact.label);
  return result;
}

std::string fact(const Message& message, std::string_view label) {
  const auto found = std::ranges::find(message.facts, label, &Fact::label);
  return found == message.facts.end() ? "" : found->text;
}

}  // namespace

TEST_CASE("an opening tells since when, how much, where, why and who, in this order") {
  const auto message = make_message(tests::opening());
  CHECK(message.title == "502 Bad Gateway on shop/checkout and 2 more routes");
  CHECK(labels(message) == std::vector<std::string>{"Since", "Failed", "Regions", "Routes",
                                                    "Gateway", "Diagnosis", "Who can fix it"});
  CHECK(fact(message, "Since") == "2026-11-20 10:00:06 UTC (42 s before this message)");
  CHECK(fact(message, "Failed") == "37 of 41 probes, 90 %");
  CHECK(fact(message, "Regions") == "failing from eu-west, us-east; clean from ap-south");
  CHECK(fact(message, "Routes") == "shop/checkout, shop/cart, shop/home");
  CHECK(message.evidence.size() == 3);
  REQUIRE(message.links.size() == 2);  // a runbook of several routes is linked once
  CHECK(message.links[0] == Link{"Incident", "http://127.0.0.1:9502/incidents/12"});
  CHECK(message.links[1] == Link{"Runbook", "https://wiki.example.com/502"});
}

TEST_CASE("a resolution tells how long it lasted and how many probes failed") {
  const auto message = make_message(tests::resolution());
  CHECK(message.title == "Resolved: 502 Bad Gateway on shop/checkout and 2 more routes");
  CHECK(fact(message, "Lasted") ==
        "12 min 34 s, from 2026-11-20 10:00:06 UTC to 2026-11-20 10:12:40 UTC");
  CHECK(fact(message, "Failed") == "131 of 160 probes, 82 %");
  CHECK(fact(message, "Since").empty());
  CHECK(fact(message, "Regions").empty());
}

TEST_CASE("a certificate tells when it expires, not what share of probes failed where") {
  auto notification = tests::opening();
  notification.what = "Certificate expires soon";
  notification.of_certificate = true;
  notification.certificate_expires = notification.at + std::chrono::hours(8 * 24 + 1);
  const auto message = make_message(notification);
  CHECK(message.title == "Certificate expires soon on shop/checkout and 2 more routes");
  CHECK(fact(message, "Certificate") == "expires 2026-11-28, in 8 days");
  CHECK(fact(message, "Failed").empty());
  CHECK(fact(message, "Regions").empty());
  notification.kind = NotificationKind::Reminder;
  CHECK(make_message(notification).title.starts_with("Still: Certificate"));
  notification.kind = NotificationKind::Reopened;
  CHECK(make_message(notification).title.starts_with("Again: Certificate"));
}

TEST_CASE("an end that nobody saw says why it is told, and does not look like a recovery") {
  const auto message = make_message(tests::closing());
  CHECK(message.title == "No longer watched: 502 Bad Gateway on shop/checkout and 2 more routes");
  CHECK(fact(message, "Since") == "2026-11-20 10:00:06 UTC (12 min 34 s before this message)");
  CHECK(fact(message, "Closed") ==
        "the route was removed from the configuration; nobody has seen it recover");
  CHECK(fact(message, "Lasted").empty());
  CHECK(message.summary.starts_with("since "));
}

TEST_CASE("each kind says what it is") {
  auto notification = tests::opening();
  const auto title = [&notification](NotificationKind kind) {
    notification.kind = kind;
    return make_message(notification).title.substr(0, 14);
  };
  CHECK(title(NotificationKind::Worsened) == "Worse: 502 Bad");
  CHECK(title(NotificationKind::Reminder) == "Still failing:");
  CHECK(title(NotificationKind::Reopened) == "Failing again:");
  CHECK(title(NotificationKind::Escalated) == "Nobody is at i");
}

TEST_CASE("what is to be said besides is one fact: why it comes here, and who is at it") {
  auto notification = tests::opening();
  const auto note = [&notification] {
    const auto facts = make_message(notification).facts;
    const auto found = std::ranges::find(facts, "Note", &Fact::label);
    return found == facts.end() ? std::string() : found->text;
  };
  CHECK(note().empty());
  notification.acknowledged_by = "ann";
  CHECK(note() == "Acknowledged by ann.");
  notification.notes = {"Told here because ops did not take it: HTTP 404."};
  CHECK(note() == "Told here because ops did not take it: HTTP 404. Acknowledged by ann.");
}

TEST_CASE("what is not known is left out, and a clean side is said to be none") {
  auto notification = tests::opening();
  notification.diagnosis.clear();
  notification.fixer.clear();
  notification.evidence.clear();
  notification.link.clear();
  notification.routes.resize(1);
  notification.routes[0].runbook.clear();
  notification.regions_clean.clear();
  const auto message = make_message(notification);
  CHECK(labels(message) == std::vector<std::string>{"Since", "Failed", "Regions", "Gateway"});
  CHECK(fact(message, "Regions") == "failing from eu-west, us-east, clean from none");
  CHECK(message.evidence.empty());
  CHECK(message.links.empty());
}

TEST_CASE("long lists are cut with their number") {
  auto notification = tests::opening();
  notification.routes.clear();
  for (int number = 0; number < 5000; ++number) {
    notification.routes.push_back({"route" + std::to_string(number), "", "", number < 4000});
  }
  const auto routes = fact(make_message(notification), "Routes");
  CHECK(routes.find("route9 and 3990 more (4000 of 5000 failing now)") != std::string::npos);
}

TEST_CASE("links that are none stay out") {
  auto notification = tests::opening();
  notification.link = "javascript:alert(1)";
  notification.routes[0].runbook = "file:///etc/passwd";
  notification.routes[1].runbook = "https://wiki.example.com/other";
  const auto message = make_message(notification);
  REQUIRE(message.links.size() == 2);
  CHECK(message.links[0] == Link{"Runbook", "https://wiki.example.com/other"});
  CHECK(message.links[1] == Link{"Runbook of shop/home", "https://wiki.example.com/502"});
}

TEST_CASE("what a notification sounds like") {
  auto notification = tests::opening();
  CHECK(tone_of(notification) == Tone::Critical);
  notification.severity = config::Severity::Warning;
  CHECK(tone_of(notification) == Tone::Warning);
  notification.severity = config::Severity::Info;
  CHECK(tone_of(notification) == Tone::Info);
  CHECK(tone_of(tests::resolution()) == Tone::Recovered);
  CHECK(tone_of(tests::closing()) == Tone::Closed);
}

TEST_CASE(
    "an incident's name at a service is its key where that is fit, and else of the key alone") {
  auto notification = tests::opening();
  CHECK(incident_handle(notification) == "7c0ffee1.12");
  notification.incident_key = "a/../b?c";
  const auto handle = incident_handle(notification);
  CHECK(handle.size() == 64);
  CHECK(handle.find_first_not_of("0123456789abcdef") == std::string::npos);
  notification.kind = NotificationKind::Resolved;
  CHECK(incident_handle(notification) == handle);
  notification.incident_key = "a/../b?d";
  CHECK(incident_handle(notification) != handle);
}

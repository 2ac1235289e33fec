// Notifications for the tests of channels: a plain one, its resolution, and one whose every text
// is hostile.

#pragma once

#include <string>
#include <vector>

#include "alerting/notification.h"

namespace gatewatch::tests {

[[nodiscard]] inline Timestamp at_second(std::int64_t second) {
  return Timestamp{std::chrono::seconds(1'795'168'806 + second)};  // 2026-11-20 10:00:06 UTC
}

[[nodiscard]] inline alerting::Notification opening() {
  alerting::Notification notification;
  notification.kind = alerting::NotificationKind::Opened;
  notification.incident = 12;
  notification.sequence = 1;
  notification.incident_key = "7c0ffee1.12";
  notification.rule = "bad-gateway";
  notification.what = "502 Bad Gateway";
  notification.gateway = "https://shop.example.com:443";
  notification.routes = {
      {"shop/checkout", "https://shop.example.com/api/checkout", "https://wiki.example.com/502",
       true},
      {"shop/cart", "https://shop.example.com/cart", "", true},
      {"shop/home", "https://shop.example.com/", "https://wiki.example.com/502", true}};
  notification.since = at_second(0);
  notification.at = at_second(42);
  notification.probes = 41;
  notification.failures = 37;
  notification.regions_failing = {"eu-west", "us-east"};
  notification.regions_clean = {"ap-south"};
  notification.evidence = {
      "HTTP/1.1 502 Bad Gateway, Server: nginx, X-Request-Id: 5f_3a-91*c",
      "connect() failed (111: Connection refused) while connecting to upstream",
      "the answer came after 0.9 ms", "a fourth that is not told"};
  notification.diagnosis = "nginx cannot reach its upstream: it refuses connections (likely)";
  notification.fixer = "the team that runs the application behind nginx";
  notification.link = "http://127.0.0.1:9502/incidents/12";
  return notification;
}

[[nodiscard]] inline alerting::Notification resolution() {
  auto notification = opening();
  notification.kind = alerting::NotificationKind::Resolved;
  notification.sequence = 3;
  notification.at = at_second(754);
  notification.resolved = notification.at;
  notification.probes = 160;
  notification.failures = 131;
  for (auto& route : notification.routes) route.firing = false;
  notification.regions_clean = {"ap-south", "eu-west", "us-east"};
  notification.regions_failing = {};
  return notification;
}

// An end that nobody saw: the route is gone.
[[nodiscard]] inline alerting::Notification closing() {
  auto notification = resolution();
  notification.reason = "the route was removed from the configuration";
  return notification;
}

[[nodiscard]] inline alerting::Notification worsening() {
  auto notification = opening();
  notification.kind = alerting::NotificationKind::Worsened;
  notification.sequence = 2;
  notification.at = at_second(312);
  notification.routes.push_back(
      {"shop/search", "https://shop.example.com/search", "https://wiki.example.com/502", true});
  notification.routes[1].firing = false;
  notification.probes = 151;
  notification.failures = 120;
  return notification;
}

[[nodiscard]] inline alerting::Notification certificate_warning() {
  auto notification = opening();
  notification.rule = "certificate";
  notification.severity = config::Severity::Warning;
  notification.what = "certificate expires soon";
  notification.of_certificate = true;
  notification.certificate_expires = at_second(8 * 86'400 + 3'600);
  notification.routes.resize(1);
  notification.evidence = {"leaf CN=shop.example.com expires 2026-11-28 11:00:06 UTC"};
  notification.diagnosis = {};
  notification.fixer = {};
  return notification;
}

[[nodiscard]] inline alerting::Notification blindness() {
  alerting::Notification notification;
  notification.incident = 13;
  notification.sequence = 1;
  notification.incident_key = "7c0ffee1.13";
  notification.rule = "blind";
  notification.severity = config::Severity::Warning;
  notification.what = "The monitor in eu-west is blind";
  notification.gateway = "region eu-west";
  notification.monitor = "9 of 10 unrelated hosts silent";
  notification.since = at_second(0);
  notification.at = at_second(3);
  notification.evidence = {"no answer from shop.example.com, api.example.net, www.example.org"};
  notification.diagnosis = "the network of the monitor is down, not what it watches";
  notification.fixer = "whoever runs gatewatch and its network";
  notification.link = "http://127.0.0.1:9502/incidents/13";
  return notification;
}

// Each would break out of its medium where it is not escaped.
[[nodiscard]] inline std::vector<std::string> hostile_texts() {
  return {"<script>alert(1)</script>",
          "<!channel> <!here> <@U123> <https://evil.example|click>",
          "\"quotes\" 'and' \\backslashes\\ `ticks` *bold* _it_ ~no~",
          "first\r\nBcc: victim@example.com\r\n\r\nbody",
          "dot\r\n.\r\nMAIL FROM:<a@b>",
          std::string("nul\0 esc\x1b[31m bell\a del\x7f", 25),
          "invalid \xff\xfe \xc0\xaf \xed\xa0\x80 \xf5\x80\x80\x80 cut \xe2\x82",
          "\xe2\x80\xae desrever \xe2\x80\xa8 line \xc2\x85 next \xef\xbb\xbf",
          "{{7*7}} ${jndi:ldap://x} %0d%0a =?UTF-8?B?QmNj?= &amp; &lt;",
          "javascript:alert(1)",
          std::string(100'000, 'A'),
          [] {
            std::string emoji;
            for (int count = 0; count < 25'000; ++count) emoji += "🔥";
            return emoji;
          }(),
          std::string(100'000, '<'),
          ""};
}

[[nodiscard]] inline alerting::Notification hostile(const std::string& text) {
  auto notification = opening();
  notification.incident_key = text;
  notification.rule = text;
  notification.reason = text;
  notification.what = text;
  notification.gateway = text;
  notification.routes = {{text, text, text, true}, {text, text, text, false}};
  notification.regions_failing = {text, text};
  notification.regions_clean = {text};
  notification.evidence = {text, text, text};
  notification.diagnosis = text;
  notification.fixer = text;
  notification.link = text;
  notification.notes = {text, text};
  notification.acknowledged_by = text;
  return notification;
}

}  // namespace gatewatch::tests

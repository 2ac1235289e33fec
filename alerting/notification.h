// What one message says, before any channel gives it a form. Stored with the incident's step as
// JSON, so that what is delivered after a restart is what was decided before it.

#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "config/error.h"
#include "probes/time.h"

namespace gatewatch::alerting {

enum class NotificationKind : std::uint8_t {
  Opened,
  Worsened,
  Reminder,
  Reopened,
  Resolved,
  Acknowledged,
  Escalated,
};
[[nodiscard]] std::string_view notification_kind_name(NotificationKind kind) noexcept;

struct NotificationRoute {
  std::string id;
  std::string url;      // without its query
  std::string runbook;  // empty: none
  bool firing = true;

  friend bool operator==(const NotificationRoute&, const NotificationRoute&) = default;
};

struct Notification {
  NotificationKind kind = NotificationKind::Opened;
  std::int64_t incident = 0;
  std::int64_t sequence = 0;  // of the event that it tells
  std::string incident_key;   // stable, globally unique name of the incident
  std::string rule;
  config::Severity severity = config::Severity::Critical;
  std::string what;     // "502 Bad Gateway": the commonest failure of the incident
  std::string gateway;  // "https://shop.example.com:443"
  std::vector<NotificationRoute> routes;  // worst first
  Timestamp since;                        // when it began
  Timestamp at;                           // when the event happened
  std::optional<Timestamp> resolved;
  // Why a resolution is no recovery: "the route was removed from the configuration". Else empty.
  std::string reason;
  // Of a certificate that runs out: the routes may well answer. Its day, where it is known.
  bool of_certificate = false;
  std::optional<Timestamp> certificate_expires;
  // Of the monitor itself, which cannot see: how much of it. Else empty. No routes then.
  std::string monitor;
  std::uint64_t probes = 0;      // results since it began, over its routes
  std::uint64_t failures = 0;    // matching ones among them
  std::uint64_t dependents = 0;  // other routes that fail too, and depend on these
  std::vector<std::string> regions_failing;
  std::vector<std::string> regions_clean;
  std::vector<std::string> evidence;  // one line each, strongest first; may quote the server
  std::string diagnosis;              // one sentence; empty: none yet
  std::string fixer;                  // who can fix it; empty: unknown
  std::string link;                   // to the incident; empty: none
  std::string acknowledged_by{};      // who takes care of it; empty: nobody has said so
  // One sentence each on why it comes here: escalated, or told in place of another channel.
  std::vector<std::string> notes{};

  // "502 Bad Gateway on shop/checkout and 2 more routes".
  [[nodiscard]] std::string headline() const;
  // Neither of a certificate nor of the monitor itself: something fails.
  [[nodiscard]] bool is_of_outage() const { return !of_certificate && monitor.empty(); }
  // "37 of 41 probes, 90 %"; of a certificate "expires 2026-11-28, in 8 days"; of the monitor how
  // much of it cannot see.
  [[nodiscard]] std::string share() const;

  friend bool operator==(const Notification&, const Notification&) = default;
};

// "2026-11-28", in UTC.
[[nodiscard]] std::string day_of(Timestamp time);

[[nodiscard]] std::string to_json_text(const Notification& notification);
[[nodiscard]] std::expected<Notification, Error> notification_from_json(const std::string& text);

}  // namespace gatewatch::alerting

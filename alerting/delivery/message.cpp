#include "alerting/delivery/message.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "alerting/delivery/text.h"
#include "probes/net/hmac.h"

namespace gatewatch::alerting {
namespace {

constexpr std::size_t longest_title = 300;     // UTF-16 units, as all of these
constexpr std::size_t longest_fact = 500;      //
constexpr std::size_t longest_evidence = 500;  //
constexpr std::size_t longest_name = 120;      // of a route or region
constexpr std::size_t most_names = 10;         // of a list
constexpr std::size_t most_evidence = 3;
constexpr std::size_t most_runbooks = 3;

std::string_view title_prefix(const Notification& notification) {
  if (is_resolution(notification) && !is_recovery(notification)) return "No longer watched: ";
  if (!notification.is_of_outage() && notification.kind == NotificationKind::Reminder) {
    return "Still: ";
  }
  if (!notification.is_of_outage() && notification.kind == NotificationKind::Reopened) {
    return "Again: ";
  }
  constexpr std::array<std::string_view, 7> prefixes = {
      "",           "Worse: ",        "Still failing: ",  "Failing again: ",
      "Resolved: ", "Acknowledged: ", "Nobody is at it: "};
  return prefixes[static_cast<std::size_t>(notification.kind)];
}

std::string list(const std::vector<std::string>& names) {
  std::string text;
  const auto shown = std::min(names.size(), most_names);
  for (std::size_t at = 0; at < shown; ++at) {
    if (at > 0) text += ", ";
    text += one_line(names[at], longest_name);
  }
  if (names.size() > shown) text += fmt::format(" and {} more", names.size() - shown);
  return text;
}

std::string routes_text(const Notification& notification) {
  std::vector<std::string> firing;
  for (const auto& route : notification.routes) {
    if (route.firing || is_resolution(notification)) firing.push_back(route.id);
  }
  const auto total = notification.routes.size();
  if (firing.size() == total) return list(firing);
  return fmt::format("{} ({} of {} {} now)", list(firing), firing.size(), total,
                     notification.of_certificate ? "affected" : "failing");
}

Fact when(const Notification& notification) {
  if (is_recovery(notification)) {
    const auto end = notification.resolved.value_or(notification.at);
    return {"Lasted", fmt::format("{}, from {} to {}", readable_duration(end - notification.since),
                                  readable_time(notification.since), readable_time(end))};
  }
  return {"Since", fmt::format("{} ({} before this message)", readable_time(notification.since),
                               readable_duration(notification.at - notification.since))};
}

std::string regions_text(const Notification& notification) {
  const auto& failing = notification.regions_failing;
  const auto& clean = notification.regions_clean;
  if (failing.empty()) return "clean from " + list(clean);
  if (clean.empty()) return "failing from " + list(failing) + ", clean from none";
  return fmt::format("failing from {}; clean from {}", list(failing), list(clean));
}

// All that is to be said besides.
std::string note_of(const Notification& notification) {
  auto text = fmt::format("{}", fmt::join(notification.notes, " "));
  if (notification.acknowledged_by.empty()) return text;
  if (!text.empty()) text += ' ';
  return text + fmt::format("Acknowledged by {}.", notification.acknowledged_by);
}

std::vector<Fact> facts_of(const Notification& notification) {
  std::vector<Fact> facts;
  const auto add = [&facts](std::string label, std::string_view text) {
    if (!text.empty()) facts.push_back({std::move(label), one_line(text, longest_fact)});
  };
  const auto time = when(notification);
  add(time.label, time.text);
  add("Note", note_of(notification));
  if (is_resolution(notification) && !notification.reason.empty()) {
    add("Closed", notification.reason + "; nobody has seen it recover");
  }
  add(notification.of_certificate     ? "Certificate"
      : !notification.monitor.empty() ? "Monitor"
                                      : "Failed",
      notification.share());
  if (tells_regions(notification)) add("Regions", regions_text(notification));
  if (notification.routes.size() > 1) add("Routes", routes_text(notification));
  if (notification.monitor.empty()) add("Gateway", notification.gateway);
  add("Diagnosis", notification.diagnosis);
  add("Who can fix it", notification.fixer);
  return facts;
}

std::vector<Link> links_of(const Notification& notification) {
  std::vector<Link> links;
  if (is_web_link(notification.link)) links.push_back({"Incident", notification.link});
  std::vector<std::string_view> runbooks;
  for (const auto& route : notification.routes) {
    if (runbooks.size() == most_runbooks) break;
    if (!is_web_link(route.runbook)) continue;
    if (std::ranges::find(runbooks, route.runbook) != runbooks.end()) continue;
    runbooks.emplace_back(route.runbook);
    links.push_back(
        {runbooks.size() == 1 ? "Runbook" : fmt::format("Runbook of {}", one_line(route.id, 50)),
         route.runbook});
  }
  return links;
}

}  // namespace

bool is_resolution(const Notification& notification) {
  return notification.kind == NotificationKind::Resolved;
}

bool is_recovery(const Notification& notification) {
  return is_resolution(notification) && notification.reason.empty();
}

bool tells_regions(const Notification& notification) {
  if (!notification.is_of_outage() || is_resolution(notification)) return false;
  return !notification.regions_failing.empty() || !notification.regions_clean.empty();
}

Tone tone_of(const Notification& notification) {
  if (is_recovery(notification)) return Tone::Recovered;
  if (is_resolution(notification)) return Tone::Closed;
  switch (notification.severity) {
    case config::Severity::Critical:
      return Tone::Critical;
    case config::Severity::Warning:
      return Tone::Warning;
    case config::Severity::Info:
      break;
  }
  return Tone::Info;
}

std::string_view sign_of(const Notification& notification) {
  constexpr std::array<std::string_view, 5> signs = {"🔴", "⚠️", "ℹ️", "✅", "⚪"};
  return signs[static_cast<std::size_t>(tone_of(notification))];
}

std::string incident_handle(const Notification& notification) {
  constexpr std::size_t longest = 128;  // bytes
  const auto& key = notification.incident_key;
  const bool plain = std::ranges::all_of(key, [](char byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z') || byte == '-' || byte == '_' || byte == '.';
  });
  if (plain && !key.empty() && key.size() <= longest) return key;
  return net::hmac_sha256_hex("incident", key);
}

Message make_message(const Notification& notification) {
  Message message;
  message.title = one_line(fmt::format("{}{}", title_prefix(notification), notification.headline()),
                           longest_title);
  message.how_bad = one_line(notification.share(), longest_fact);
  message.facts = facts_of(notification);
  const auto time = when(notification);
  message.summary = fmt::format("{} {}; {}", is_recovery(notification) ? "lasted" : "since",
                                time.text, notification.share());
  const auto shown = std::min(notification.evidence.size(), most_evidence);
  for (std::size_t at = 0; at < shown; ++at) {
    auto line = one_line(notification.evidence[at], longest_evidence);
    if (!line.empty()) message.evidence.push_back(std::move(line));
  }
  message.links = links_of(notification);
  message.footer =
      fmt::format("{} · rule {} · incident {}", config::severity_name(notification.severity),
                  one_line(notification.rule, longest_name), notification.incident);
  return message;
}

}  // namespace gatewatch::alerting

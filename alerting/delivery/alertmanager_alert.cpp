#include "alerting/delivery/alertmanager_alert.h"

#include <cstdint>
#include <string_view>

#include <fmt/format.h>

#include "alerting/delivery/message.h"
#include "alerting/delivery/text.h"

namespace gatewatch::alerting {
namespace {

constexpr std::size_t longest_label = 500;  // UTF-16 units

std::string label(std::string_view text) {
  return one_line(text, longest_label);
}

std::string description_of(const Message& message) {
  std::string text;
  for (const auto& fact : message.facts) text += fmt::format("{}: {}\n", fact.label, fact.text);
  for (const auto& line : message.evidence) text += fmt::format("Evidence: {}\n", line);
  return text;
}

}  // namespace

std::vector<Alert> alerts_of(const Notification& notification) {
  const auto message = make_message(notification);
  const bool over = is_resolution(notification);
  Alert common;
  common.labels = {{"alertname", label(notification.rule)},
                   {"gateway", label(notification.gateway)},
                   {"incident", label(notification.incident_key)},
                   {"severity", std::string(config::severity_name(notification.severity))}};
  common.annotations = {{"summary", message.title}, {"description", description_of(message)}};
  common.starts = notification.since;
  if (is_web_link(notification.link)) common.generator = notification.link;
  std::vector<Alert> alerts;
  if (notification.routes.empty()) {  // of the monitor itself
    auto& alert = alerts.emplace_back(common);
    if (over) alert.ends = notification.resolved.value_or(notification.at);
  }
  for (const auto& route : notification.routes) {
    if (alerts.size() == most_alerts) break;
    auto& alert = alerts.emplace_back(common);
    alert.labels["route"] = label(route.id);
    alert.annotations["url"] = label(route.url);
    if (is_web_link(route.runbook)) alert.annotations["runbook_url"] = route.runbook;
    if (over || !route.firing) alert.ends = notification.resolved.value_or(notification.at);
  }
  return alerts;
}

std::string fingerprint(const Labels& labels) {
  std::uint64_t hash = 0xcbf29ce484222325;
  const auto add = [&hash](std::uint8_t byte) {
    hash ^= byte;
    hash *= 0x100000001b3;
  };
  constexpr std::uint8_t separator = 0xff;  // in no UTF-8
  for (const auto& [name, value] : labels) {
    for (const auto& part : {name, value}) {
      for (const char byte : part) add(static_cast<std::uint8_t>(byte));
      add(separator);
    }
  }
  return fmt::format("{:016x}", hash);
}

}  // namespace gatewatch::alerting

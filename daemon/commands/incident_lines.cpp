#include "daemon/commands/incident_lines.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "alerting/incident.h"
#include "alerting/notification.h"
#include "config/units.h"
#include "daemon/web/api_parameters.h"

namespace gatewatch::daemon {
namespace {

using alerting::NotificationKind;
using nlohmann::json;

std::optional<Timestamp> time_of(const json& incident, const char* name) {
  const auto& value = incident.at(name);
  return value.is_string() ? web::parse_timestamp(value.get<std::string>()) : std::nullopt;
}

// The newest that tells how bad it is, and not what somebody did about it.
std::string newest_text(const json& events) {
  std::string text;
  for (const auto& event : events) {
    const auto kind = event.value("kind", "");
    const bool is_deed = kind == notification_kind_name(NotificationKind::Acknowledged) ||
                         kind == notification_kind_name(NotificationKind::Escalated) ||
                         kind == alerting::held_event || kind == alerting::released_event;
    if (!is_deed || text.empty()) text = event.value("text", "");
  }
  return text;
}

}  // namespace

std::string incident_summary(const json& incident, Timestamp now) {
  const auto since = time_of(incident, "since").value_or(now);
  const auto resolved = time_of(incident, "resolved");
  const auto lasted = std::chrono::floor<std::chrono::seconds>(resolved.value_or(now) - since);
  auto line = fmt::format("{:>4}  {:<8}  {} {:<8}  {}", incident.value("id", std::int64_t{0}),
                          incident.value("severity", ""), resolved ? "lasted  " : "open for",
                          config::format_duration(std::max(lasted, std::chrono::seconds(0))),
                          newest_text(incident.at("events")));
  if (const auto by = incident.value("acknowledged_by", ""); !by.empty()) {
    line += fmt::format(" [acknowledged by {}]", by);
  }
  if (const auto held = incident.value("held_by", ""); !held.empty()) {
    line += fmt::format(" [held back: {}]", held);
  }
  return line;
}

std::string incident_lines(const json& incidents, Timestamp now) {
  if (incidents.empty()) return "no incident\n";
  std::string lines;
  for (const auto& incident : incidents) lines += incident_summary(incident, now) + "\n";
  return lines;
}

}  // namespace gatewatch::daemon

#include "alerting/history_loss.h"

#include <algorithm>

#include <fmt/format.h>

#include "alerting/incident.h"
#include "alerting/step.h"

namespace gatewatch::alerting {
namespace {

std::vector<std::string> all_channels(const config::Config& config) {
  std::vector<std::string> channels;
  for (const auto& rule : config.rules) {
    for (const auto& channel : rule.notify) {
      if (std::ranges::find(channels, channel) == channels.end()) channels.push_back(channel);
    }
  }
  return channels;
}

std::string diagnosis(const storage::LostHistory& lost) {
  const auto kept =
      lost.all_incidents
          ? fmt::format("all incidents ({}) were read from it and go on", lost.incidents)
          : fmt::format("{} incidents could be read from it and go on", lost.incidents);
  if (lost.file.empty()) {
    return "The database was moved or deleted while gatewatch used it, and what is at its place is "
           "used now; what it held is missing from pages and figures.";
  }
  return fmt::format(
      "The database was damaged. It was set aside as {}, and a new one was begun: {}; the results "
      "are missing from pages and figures.",
      lost.file, kept);
}

}  // namespace

storage::IncidentStep loss_step(const storage::LostHistory& lost, const config::Config& config,
                                std::int64_t id, const std::string& link_prefix, Timestamp now) {
  Incident incident;
  incident.id = id;
  incident.rule = "history-lost";
  incident.severity = config::Severity::Critical;
  incident.stage = Stage::Resolved;
  incident.since = lost.at;
  incident.opened = now;
  incident.resolved = now;
  incident.last_event = 1;
  Notification notification;
  notification.incident = id;
  notification.sequence = incident.last_event;
  notification.incident_key = incident.key();
  notification.rule = incident.rule;
  notification.severity = incident.severity;
  notification.what = "History of gatewatch lost";
  notification.since = incident.since;
  notification.at = now;
  notification.diagnosis = diagnosis(lost);
  notification.evidence = {lost.damage};
  notification.fixer = "whoever runs gatewatch and its disk";
  if (!link_prefix.empty()) notification.link = fmt::format("{}/incidents/{}", link_prefix, id);
  storage::IncidentStep step{
      .incident = to_record(incident),
      .event = {.incident = id,
                .sequence = incident.last_event,
                .at = now,
                .kind = std::string(notification_kind_name(notification.kind)),
                .text = fmt::format("{}: {}", notification.what, notification.diagnosis)},
      .deliveries = {}};
  for (const auto& channel : all_channels(config)) {
    step.deliveries.push_back(delivery_of(incident, channel, notification, now));
  }
  return step;
}

}  // namespace gatewatch::alerting

#include "alerting/step.h"

#include <algorithm>

#include <fmt/format.h>

namespace gatewatch::alerting {
namespace {

NotificationKind kind_of(Why why) {
  switch (why) {
    case Why::Reopened:
      return NotificationKind::Reopened;
    case Why::NewChannel:
    case Why::Worsened:
      return NotificationKind::Worsened;
    case Why::Reminder:
      return NotificationKind::Reminder;
    case Why::Resolved:
    case Why::NoLongerConfigured:
      return NotificationKind::Resolved;
    case Why::Opened:
    case Why::Silence:
      break;
  }
  return NotificationKind::Opened;
}

void enter(Incident& incident, NotificationKind kind, std::int64_t new_id, Timestamp now) {
  if (kind == NotificationKind::Opened) {
    incident.id = new_id;
    incident.opened = now;
  }
  if (kind == NotificationKind::Opened || kind == NotificationKind::Reopened) {
    incident.stage = Stage::Open;
    incident.resolved.reset();
  }
  if (kind == NotificationKind::Resolved) {
    incident.stage = Stage::Resolved;
    incident.resolved = now;
  }
  ++incident.last_event;
}

std::vector<std::string> recipients(const Incident& incident, Why why) {
  // Whoever was told of the outage is told of its end, even where the rule names him no more.
  if (kind_of(why) == NotificationKind::Resolved) {
    return {incident.told.begin(), incident.told.end()};
  }
  if (why != Why::NewChannel) return incident.channels;
  std::vector<std::string> untold;
  std::ranges::copy_if(
      incident.channels, std::back_inserter(untold),
      [&](const std::string& channel) { return !incident.told.contains(channel); });
  return untold;
}

void remember(Incident& incident, Why why, const storage::IncidentStep& step, Timestamp now) {
  for (const auto& delivery : step.deliveries) incident.told.insert(delivery.channel);
  if (why == Why::NewChannel) {
    incident.news.rules.clear();
    return;
  }
  incident.news = {};
  incident.last_told = now;
}

}  // namespace

storage::DeliveryRecord delivery_of(const Incident& incident, const std::string& channel,
                                    const Notification& notification, Timestamp now) {
  return {.key = fmt::format("{}-{}-{}", incident.key(), incident.last_event, channel),
          .incident = incident.id,
          .sequence = incident.last_event,
          .channel = channel,
          .notification = to_json_text(notification),
          .created = now,
          .next_attempt = now,
          .finished = {},
          .last_error = {}};
}

storage::IncidentStep take_step(Incident& incident, Why why, std::int64_t new_id,
                                Coverage& coverage, const std::string& link_prefix, Timestamp now) {
  const auto kind = kind_of(why);
  const auto resolved_before = incident.resolved.value_or(now);
  enter(incident, kind, new_id, now);
  auto notification = describe(incident, kind, coverage, link_prefix, now);
  incident.what = notification.what;
  storage::IncidentStep step{
      .incident = to_record(incident),
      .event = {.incident = incident.id,
                .sequence = incident.last_event,
                .at = now,
                .kind = std::string(notification_kind_name(kind)),
                .text = sentence_of(why, incident, notification, resolved_before)},
      .deliveries = {}};
  for (const auto& channel : recipients(incident, why)) {
    notification.kind = incident.told.contains(channel) ? kind : NotificationKind::Opened;
    step.deliveries.push_back(delivery_of(incident, channel, notification, now));
  }
  remember(incident, why, step, now);
  return step;
}

storage::IncidentStep restate(const Incident& incident, Coverage& coverage,
                              const std::string& link_prefix, Timestamp now) {
  const auto notification =
      describe(incident, NotificationKind::Opened, coverage, link_prefix, now);
  storage::IncidentStep step{
      .incident = to_record(incident),
      .event = {.incident = incident.id,
                .sequence = incident.last_event,
                .at = incident.last_told,
                .kind = std::string(notification_kind_name(NotificationKind::Opened)),
                .text = fmt::format("{}; what else was told of it was lost with the database.",
                                    notification.headline())},
      .deliveries = {}};
  for (const auto& channel : incident.told) {
    auto delivery = delivery_of(incident, channel, notification, incident.last_told);
    delivery.state = storage::DeliveryState::Delivered;
    delivery.finished = incident.last_told;
    step.deliveries.push_back(std::move(delivery));
  }
  return step;
}

}  // namespace gatewatch::alerting

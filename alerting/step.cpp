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
    case Why::Held:
    case Why::Released:
    case Why::Silence:
      break;
  }
  return NotificationKind::Opened;
}

std::string_view event_kind(Why why) {
  if (why == Why::Held) return "held";
  if (why == Why::Released) return "released";
  return notification_kind_name(kind_of(why));
}

// What it is to that channel. Whoever knows nothing of it hears first that it opened.
NotificationKind kind_for(const Incident& incident, const std::string& channel, Why why) {
  const auto told = incident.told.find(channel);
  if (told == incident.told.end()) return NotificationKind::Opened;
  if (why != Why::Released) return kind_of(why);
  return told->second < incident.begun ? NotificationKind::Reopened : NotificationKind::Worsened;
}

void enter(Incident& incident, Why why, std::int64_t new_id, Timestamp now) {
  if (why == Why::Opened) {
    incident.id = new_id;
    incident.opened = now;
  }
  if (why == Why::Opened || why == Why::Reopened) {
    incident.stage = Stage::Open;
    incident.resolved.reset();
  }
  if (kind_of(why) == NotificationKind::Resolved) {
    incident.stage = Stage::Resolved;
    incident.resolved = now;
  }
  ++incident.last_event;
  note_event(incident, event_kind(why), incident.last_event);
}

std::vector<std::string> recipients(const Incident& incident, Why why) {
  std::vector<std::string> names;
  // Whoever was told of the outage is told of its end, even where the rule names him no more, and
  // where the end is held: else it would never end for him.
  if (kind_of(why) == NotificationKind::Resolved) {
    for (const auto& [channel, newest] : incident.told) {
      if (newest >= incident.begun) names.push_back(channel);
    }
    return names;
  }
  if (incident.is_held()) return {};
  if (why != Why::NewChannel && why != Why::Released) return incident.channels;
  // Of what was held everybody hears who does not know it.
  const auto known = why == Why::Released ? incident.worst : 0;
  std::ranges::copy_if(incident.channels, std::back_inserter(names),
                       [&](const std::string& channel) {
                         const auto told = incident.told.find(channel);
                         return told == incident.told.end() || told->second < known;
                       });
  return names;
}

void remember(Incident& incident, Why why, const storage::IncidentStep& step, Timestamp now) {
  for (const auto& delivery : step.deliveries) incident.told[delivery.channel] = delivery.sequence;
  if (why == Why::NewChannel) {
    incident.news.rules.clear();
    return;
  }
  if (why != Why::Held) incident.news = {};
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
  enter(incident, why, new_id, now);
  auto notification = describe(incident, kind, coverage, link_prefix, now);
  incident.what = notification.what;
  storage::IncidentStep step{
      .incident = to_record(incident),
      .event = {.incident = incident.id,
                .sequence = incident.last_event,
                .at = now,
                .kind = std::string(event_kind(why)),
                .text = sentence_of(why, incident, notification, resolved_before)},
      .deliveries = {}};
  if (kind != NotificationKind::Resolved) incident.held_by = incident.hold.by;
  step.incident.held_by = incident.held_by;
  for (const auto& channel : recipients(incident, why)) {
    notification.kind = kind_for(incident, channel, why);
    step.deliveries.push_back(delivery_of(incident, channel, notification, now));
  }
  const bool is_of_hold = why == Why::Held || why == Why::Released;
  if (step.deliveries.empty() && !incident.held_by.empty() && !is_of_hold) {
    step.event.text += fmt::format(" Not told: {}.", incident.held_by);
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
  for (const auto& [channel, newest] : incident.told) {
    auto delivery = delivery_of(incident, channel, notification, incident.last_told);
    delivery.state = storage::DeliveryState::Delivered;
    delivery.finished = incident.last_told;
    step.deliveries.push_back(std::move(delivery));
  }
  return step;
}

}  // namespace gatewatch::alerting

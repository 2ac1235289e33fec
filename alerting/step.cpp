#include "alerting/step.h"

#include <algorithm>

#include <fmt/format.h>

#include "alerting/delivery/channel.h"
#include "alerting/delivery_key.h"

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
    case Why::Acknowledged:
      return NotificationKind::Acknowledged;
    case Why::Escalated:
      return NotificationKind::Escalated;
    case Why::Opened:
    case Why::Held:
    case Why::Released:
    case Why::Silence:
      break;
  }
  return NotificationKind::Opened;
}

std::string_view event_kind(Why why) {
  if (why == Why::Held) return held_event;
  if (why == Why::Released) return released_event;
  return notification_kind_name(kind_of(why));
}

// What it is to that channel. Whoever knows nothing of it hears first that it opened.
NotificationKind kind_for(const Incident& incident, const std::string& channel, Why why) {
  if (!incident.heard.contains(channel)) return NotificationKind::Opened;
  if (why != Why::Released) return kind_of(why);
  return incident.told.contains(channel) ? NotificationKind::Worsened : NotificationKind::Reopened;
}

void enter(Incident& incident, Why why, std::int64_t new_id, Timestamp now) {
  if (why == Why::Opened) {
    incident.id = new_id;
    incident.opened = now;
  }
  if (why == Why::Opened || why == Why::Reopened) {
    incident.stage = Stage::Open;
    incident.open_since = now;
    incident.resolved.reset();
  }
  // Who is to be told later still has to hear it first.
  if (why == Why::Released && incident.told.empty()) incident.open_since = now;
  if (kind_of(why) == NotificationKind::Resolved) {
    incident.stage = Stage::Resolved;
    incident.resolved = now;
  }
  ++incident.last_event;
  incident.last_step = now;
}

// Who took care of it took care of less.
void take_back_acknowledgement(Incident& incident, Why why) {
  const bool is_more = why == Why::Reopened || ((why == Why::Worsened || why == Why::Released) &&
                                                incident.news.severity_rose);
  if (!is_more) return;
  incident.acknowledged.reset();
  incident.acknowledged_by.clear();
}

bool hears_acknowledgements(const config::Config& config, const std::string& name) {
  const auto channel = std::ranges::find(config.channels, name, &config::Channel::name);
  return channel != config.channels.end() && takes_acknowledgements(*channel);
}

std::vector<std::string> recipients(const Incident& incident, Why why, const config::Config& config,
                                    Timestamp now) {
  const auto those = [](const auto& channels, auto are_meant) {
    std::vector<std::string> chosen;
    std::ranges::copy_if(channels, std::back_inserter(chosen), are_meant);
    return chosen;
  };
  switch (why) {
    case Why::Resolved:
    case Why::NoLongerConfigured:
      // Whoever was told of the outage is told of its end, even where the rule names him no more,
      // and where it is held: else it would never end for him.
      return {incident.told.begin(), incident.told.end()};
    case Why::NewChannel:
      return those(incident.channels, [&incident](const std::string& channel) {
        return !incident.told.contains(channel);
      });
    case Why::Acknowledged:
      return those(incident.told, [&config](const std::string& channel) {
        return hears_acknowledgements(config, channel);
      });
    case Why::Escalated:
      return due_escalations(incident, now);
    default:
      break;
  }
  if (incident.is_held()) return {};
  auto all = incident.channels;
  for (const auto& [channel, after] : incident.escalations) {
    const bool is_known = std::ranges::find(all, channel) != all.end();
    if (!is_known && incident.told.contains(channel)) all.push_back(channel);
  }
  // Of what was held everybody hears who does not know it; and all do where it got worse meanwhile,
  // or does so now.
  if (why == Why::Released && !incident.news_held && !incident.got_worse()) {
    std::erase_if(all, [&](const std::string& channel) { return incident.told.contains(channel); });
  }
  return all;
}

void remember(Incident& incident, Why why, const storage::IncidentStep& step, Timestamp now) {
  for (const auto& delivery : step.deliveries) {
    incident.told.insert(delivery.channel);
    incident.heard.insert(delivery.channel);
  }
  if (why == Why::Acknowledged || why == Why::Escalated) return;
  if (why == Why::NewChannel) {
    incident.news.rules.clear();
    return;
  }
  if (!incident.is_live()) incident.told.clear();
  incident.news_held =
      why == Why::Held ? incident.news_held : why == Why::Worsened && incident.is_held();
  if (why != Why::Held) incident.news = {};
  incident.last_told = now;
}

}  // namespace

storage::DeliveryRecord delivery_of(const Incident& incident, const std::string& channel,
                                    const Notification& notification, Timestamp now) {
  return {.key = delivery_key(incident.key(), incident.last_event, channel),
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
  take_back_acknowledgement(incident, why);
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
  if (why == Why::Escalated) notification.notes.push_back(step.event.text);
  if (kind != NotificationKind::Resolved) incident.held_by = incident.hold.by;
  step.incident.held_by = incident.held_by;
  for (const auto& channel : recipients(incident, why, coverage.config(), now)) {
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

storage::IncidentStep acknowledge(Incident& incident, const Acknowledgement& acknowledgement,
                                  Coverage& coverage, const std::string& link_prefix,
                                  Timestamp now) {
  incident.acknowledged = now;
  incident.acknowledged_by = acknowledgement.by;
  auto step = take_step(incident, Why::Acknowledged, incident.id, coverage, link_prefix, now);
  if (!acknowledgement.comment.empty()) {
    step.event.text =
        fmt::format("Acknowledged by {}: {}", acknowledgement.by, acknowledgement.comment);
  }
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

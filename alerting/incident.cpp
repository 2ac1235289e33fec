#include "alerting/incident.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "alerting/fallback.h"
#include "alerting/history_loss.h"
#include "alerting/notification.h"

namespace gatewatch::alerting {
namespace {

config::Severity severity_named(const std::string& name) {
  for (const auto severity : {config::Severity::Info, config::Severity::Warning}) {
    if (config::severity_name(severity) == name) return severity;
  }
  return config::Severity::Critical;
}

// What its events and deliveries say of who was told what, and when.
void restore_times(Incident& incident, const storage::IncidentHistory& history) {
  incident.open_since = incident.last_step = incident.last_told = incident.opened;
  std::int64_t opening = 0;
  std::int64_t worst = 0;
  const auto told_between = [&history](std::int64_t first, std::int64_t end) {
    return std::ranges::any_of(history.deliveries, [=](const auto& delivery) {
      return delivery.sequence >= first && delivery.sequence < end;
    });
  };
  bool told_since_worst = false;
  for (const auto& event : history.events) {
    const auto is = [&event](NotificationKind kind) {
      return event.kind == notification_kind_name(kind);
    };
    incident.last_step = event.at;
    if (is(NotificationKind::Opened) || is(NotificationKind::Reopened)) {
      incident.open_since = event.at;
      opening = event.sequence;
    }
    if (is(NotificationKind::Worsened)) {
      worst = event.sequence;
      told_since_worst = false;
    }
    const bool is_first_word =
        event.kind == released_event && !told_between(opening, event.sequence);
    if (is_first_word) incident.open_since = event.at;
    const bool tells_all = !is(NotificationKind::Acknowledged) && !is(NotificationKind::Escalated);
    if (!tells_all) continue;
    incident.last_told = event.at;
    told_since_worst |= told_between(event.sequence, event.sequence + 1);
  }
  incident.news_held = !incident.held_by.empty() && worst > opening && !told_since_worst;
  for (const auto& delivery : history.deliveries) {
    if (is_fallback(delivery)) continue;  // it is told of what the other one does not take, alone
    incident.heard.insert(delivery.channel);
    if (incident.is_live() && delivery.sequence >= opening) incident.told.insert(delivery.channel);
  }
}

}  // namespace

Cause cause_of(const config::Rule& rule) {
  const auto matches_status = [&rule](Outcome outcome) {
    for (int status = 100; status < 600; ++status) {
      if (rule.match.contains(outcome, status, false)) return true;
    }
    return rule.match.contains(outcome, 0, false);
  };
  const bool matches_failure = std::ranges::any_of(
      outcome_table(), [&](const OutcomeRow& row) { return matches_status(row.outcome); });
  return matches_failure ? Cause::Outage : Cause::Certificate;
}

std::string Incident::key() const {
  const auto opened_ms = std::chrono::floor<std::chrono::milliseconds>(opened.time_since_epoch());
  return fmt::format("gw-{}-{}", opened_ms.count(), id);
}

bool Incident::has_untold_channel() const {
  return std::ranges::any_of(channels,
                             [this](const std::string& name) { return !told.contains(name); });
}

void admit_rule(Incident& incident, const config::Rule& rule) {
  incident.rules.insert(rule.name);
  if (rule.severity > incident.severity) {
    incident.severity = rule.severity;
    incident.news.severity_rose = true;
  }
  for (const auto& channel : rule.notify) {
    const auto known = std::ranges::find(incident.channels, channel);
    if (known == incident.channels.end()) incident.channels.push_back(channel);
  }
  for (const auto& [after, channels] : rule.escalate) {
    for (const auto& channel : channels) {
      const auto known = incident.escalations.try_emplace(channel, after).first;
      known->second = std::min(known->second, after);
    }
  }
  if (rule.remind) incident.remind = std::min(*rule.remind, incident.remind.value_or(*rule.remind));
  incident.reopen = std::max(incident.reopen, rule.reopen);
}

bool join(Incident& incident, const config::Rule& rule, const std::string& route, Timestamp since) {
  if (incident.participants.empty()) incident.since = since;
  incident.since = std::min(incident.since, since);
  if (!incident.rules.contains(rule.name)) incident.news.rules.push_back(rule.name);
  admit_rule(incident, rule);
  const auto [found, is_new] = incident.participants.try_emplace(route);
  if (is_new) found->second.since = since;
  if (is_new) incident.news.routes.push_back(route);
  ++found->second.firing_rules;
  ++incident.firing_watches;
  return is_new;
}

void leave(Incident& incident, const std::string& route, std::string why) {
  --incident.participants.at(route).firing_rules;
  --incident.firing_watches;
  incident.closed_by = std::move(why);
}

void add_region(Incident& incident, const std::string& route, const std::string& region) {
  auto& regions = incident.participants.at(route).regions;
  if (regions.contains(region)) return;
  const bool known = std::ranges::any_of(incident.participants, [&region](const auto& entry) {
    return entry.second.regions.contains(region);
  });
  regions.insert(region);
  if (!known) incident.news.regions.insert(region);
}

void settle_again(Incident& incident, Timestamp now) {
  incident.stage = Stage::Settling;
  incident.settling_since = now;
}

storage::IncidentRecord to_record(const Incident& incident) {
  storage::IncidentRecord record{
      .id = incident.id,
      .rule = incident.rule,
      .gateway = incident.gateway,
      .severity = std::string(config::severity_name(incident.severity)),
      .state = incident.is_live() ? storage::IncidentState::Open : storage::IncidentState::Resolved,
      .since = incident.since,
      .opened = incident.opened,
      .resolved = incident.resolved,
      .last_event = incident.last_event,
      .acknowledged = incident.acknowledged,
      .acknowledged_by = incident.acknowledged_by,
      .held_by = incident.held_by,
      .routes = {}};
  for (const auto& [route, participant] : incident.participants) {
    record.routes.push_back({.route = route,
                             .since = participant.since,
                             .firing = participant.firing(),
                             .probes = participant.probes,
                             .failures = participant.failures,
                             .regions = {participant.regions.begin(), participant.regions.end()}});
  }
  return record;
}

Incident from_history(const storage::IncidentHistory& history) {
  const auto& record = history.incident;
  Incident incident;
  incident.id = record.id;
  incident.rule = record.rule;
  incident.gateway = record.gateway;
  incident.severity = severity_named(record.severity);
  incident.stage = record.state == storage::IncidentState::Open ? Stage::Open : Stage::Resolved;
  incident.since = record.since;
  incident.opened = record.opened;
  incident.resolved = record.resolved;
  incident.last_event = record.last_event;
  incident.acknowledged = record.acknowledged;
  incident.acknowledged_by = record.acknowledged_by;
  incident.held_by = record.held_by;
  incident.hold.by = record.held_by;
  if (is_blind_gateway(record.gateway) || record.gateway == lost_gateway) {
    incident.cause = Cause::Blindness;
  }
  restore_times(incident, history);
  for (const auto& route : record.routes) {
    incident.participants[route.route] = {.since = route.since,
                                          .firing_rules = 0,
                                          .probes = route.probes,
                                          .failures = route.failures,
                                          .regions = {route.regions.begin(), route.regions.end()}};
  }
  if (!history.deliveries.empty()) {
    const auto newest = notification_from_json(history.deliveries.back().notification);
    if (newest) {
      incident.what = newest->what;
      incident.blindness = {.what = newest->what,
                            .share = newest->monitor,
                            .diagnosis = newest->diagnosis,
                            .evidence = newest->evidence,
                            .fixer = newest->fixer};
    }
  }
  return incident;
}

}  // namespace gatewatch::alerting

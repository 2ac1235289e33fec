#include "alerting/notify.h"

#include "alerting/elapsed.h"

namespace gatewatch::alerting {

std::vector<std::string> due_escalations(const Incident& incident, Timestamp now) {
  std::vector<std::string> due;
  if (incident.acknowledged) return due;
  for (const auto& [channel, after] : incident.escalations) {
    if (incident.told.contains(channel)) continue;
    if (has_passed(incident.open_since, now, after)) due.push_back(channel);
  }
  return due;
}

Why why_to_tell(const Incident& incident, Timestamp now) {
  // It is over and was told as such: what follows is another settling.
  if (incident.stage == Stage::Resolved) return Why::Silence;

  if (incident.stage == Stage::Settling) {
    // It stopped before anybody heard of it: there is nothing to take back.
    if (incident.firing_watches == 0) return Why::Silence;
    // Others may fire in the same instant.
    if (!has_passed(incident.settling_since, now, settle_time)) return Why::Silence;
    // So may what all of it depends on.
    if (incident.hold.is_undecided) return Why::Silence;
    return incident.id == 0 ? Why::Opened : Why::Reopened;
  }

  // Nothing fires any more. This goes before all news: who resolves has nothing to add.
  if (incident.firing_watches == 0) {
    return incident.closed_by.empty() ? Why::Resolved : Why::NoLongerConfigured;
  }

  if (incident.is_held() && incident.held_by.empty()) return Why::Held;
  const bool is_free = !incident.is_held() && !incident.hold.is_undecided;
  if (is_free && !incident.held_by.empty()) return Why::Released;
  // Another reason than before is no haste.
  if (incident.is_held() && incident.hold.by != incident.held_by &&
      has_passed(incident.last_told, now, worsened_pause)) {
    return Why::Held;
  }

  // Whoever has not heard of the outage must not wait for its next turn.
  if (!incident.is_held() && !incident.news.rules.empty() && incident.has_untold_channel())
    return Why::NewChannel;

  // More routes, more regions or a higher severity; a further rule alone is the same outage.
  if (incident.got_worse() && has_passed(incident.last_told, now, worsened_pause))
    return Why::Worsened;

  if (incident.is_held()) return Why::Silence;
  if (!due_escalations(incident, now).empty()) return Why::Escalated;

  // Nothing has changed, and that for so long that it may have been forgotten.
  if (incident.remind && !incident.acknowledged &&
      has_passed(incident.last_told, now, *incident.remind)) {
    return Why::Reminder;
  }
  return Why::Silence;
}

}  // namespace gatewatch::alerting

// Given what an incident is now and what was told of it last: why to tell, or silence. No I/O, no
// clock.

#pragma once

#include <chrono>
#include <cstdint>

#include "alerting/incident.h"

namespace gatewatch::alerting {

enum class Why : std::uint8_t {
  Silence,
  Opened,
  Reopened,
  NewChannel,  // a rule has joined whose channels do not know of the incident
  Worsened,
  Escalated,  // nobody has acknowledged it for so long that others are to hear of it
  Reminder,
  Held,      // it goes on, and is not told from now on
  Released,  // what held it is over, and it goes on
  Resolved,
  NoLongerConfigured,  // resolved because nobody watches it any more
  Acknowledged,        // by a person: never an answer of why_to_tell()
};

// How long an incident gathers routes before it opens: long enough for routes that fire in the
// same instant, short against the 5 s within which an outage is to be told.
inline constexpr std::chrono::milliseconds settle_time{500};
// Worsenings are collected and told no more often than this.
inline constexpr std::chrono::minutes worsened_pause{1};

// The channels that are to hear of it now, for the first time since it opened, because it goes on
// and nobody has acknowledged it.
[[nodiscard]] std::vector<std::string> due_escalations(const Incident& incident, Timestamp now);

[[nodiscard]] Why why_to_tell(const Incident& incident, Timestamp now);

}  // namespace gatewatch::alerting

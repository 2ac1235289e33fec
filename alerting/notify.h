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
  Reminder,
  Held,      // it goes on, and is not told from now on
  Released,  // what held it is over, and it goes on
  Resolved,
  NoLongerConfigured,  // resolved because nobody watches it any more
};

// How long an incident gathers routes before it opens: long enough for routes that fire in the
// same instant, short against the 5 s within which an outage is to be told.
inline constexpr std::chrono::milliseconds settle_time{500};
// Worsenings are collected and told no more often than this.
inline constexpr std::chrono::minutes worsened_pause{1};

[[nodiscard]] Why why_to_tell(const Incident& incident, Timestamp now);

}  // namespace gatewatch::alerting

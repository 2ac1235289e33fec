// What a rule can see of a route that one region probes: how soon a total outage makes it fire at
// the latest, and how small a rate of failures still does. Pure.
//
// The outage is worked out exactly, from the schedule, the confirmations and the run of matches
// that the rule needs. The rates are a cautious estimate, held against the real desk in simulation:
// time is cut into windows that do not overlap. Within one of them the failures of its probes, each
// by chance and for itself, are followed exactly as a Markov chain over its turns (matches, series
// of confirmations, the unbroken run, the health of the route), up to a breach by the run or by the
// whole window. Left out: that windows in between may breach too; in windows of more than 40 turns,
// confirmations.

#pragma once

#include <optional>

#include "config/config.h"

namespace gatewatch::alerting {

struct Power {
  // From the beginning of a total outage that answers at once to the result with which the rule
  // fires: it begins just after a probe.
  config::Duration outage{0};
  // The same where each probe takes its whole timeout.
  config::Duration silent_outage{0};
  // The smallest rate that the rule sees with a probability of 95 % within that time, up to a
  // thousandth; nothing: it may miss even a total outage for so long.
  std::optional<double> within_hour;
  std::optional<double> within_day;

  friend bool operator==(const Power&, const Power&) = default;
};

inline constexpr double power_probability = 0.95;

// Of a rule that can fire for the route (config/firing.h).
[[nodiscard]] Power power_of(const config::Rule& rule, const config::Route& route);

}  // namespace gatewatch::alerting

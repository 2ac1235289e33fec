// Whether a rule can fire at all: what it needs, and what a route can give it. Pure.

#pragma once

#include <optional>

#include "config/config.h"

namespace gatewatch::config {

// How many results, all of them matching, a region must have in the window before the rule can
// fire: min_samples, min_matches, and what the lower bound of the Wilson score interval needs to
// reach `rate` (n / (n + z²) for n matches of n). Nothing: no number is enough.
[[nodiscard]] std::optional<int> results_needed(const Rule& rule);

// How far back the rule looks at the route: its window, or as far as a rule that stretches needs.
[[nodiscard]] Duration window_for(const Rule& rule, const Route& route);

// How many results a total outage of the route gives within that window at least:
// the scheduled ones and, where the rule counts failures, the confirmations of the first.
[[nodiscard]] int results_given(const Rule& rule, const Route& route);

}  // namespace gatewatch::config

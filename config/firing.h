// Whether a rule can fire at all: what it needs, and what a route can give it. Pure.

#pragma once

#include <optional>

#include "config/config.h"

namespace gatewatch::config {

// Worked out once per rule, which must outlive it: asked of 100,000 routes it costs next to
// nothing.
class FiringNeeds {
 public:
  explicit FiringNeeds(const Rule& rule);

  // How many results, all of them matching, a region must have in the window before the rule can
  // fire: min_samples, min_matches, and what the lower bound of the Wilson score interval needs to
  // reach `rate` (n / (n + z²) for n matches of n). Nothing: no number is enough.
  [[nodiscard]] std::optional<int> results() const { return results_; }
  // How far back the rule looks at the route: its window, or as far as a rule that stretches needs.
  [[nodiscard]] Duration window_for(const Route& route) const;
  // How many results a total outage of the route gives within that window at least:
  // the scheduled ones and, where the rule counts failures, the confirmations of the first.
  [[nodiscard]] int results_given(const Route& route) const;

 private:
  [[nodiscard]] int results_within(Duration window, const Route& route) const;

  const Rule* rule_;
  std::optional<int> results_;
  bool counts_failures_;
};

}  // namespace gatewatch::config

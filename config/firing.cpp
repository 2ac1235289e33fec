#include "config/firing.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace gatewatch::config {
namespace {

constexpr double most_results = 1e6;

// The one-sided normal quantile, by halving: exact enough for a count of results.
double quantile(double confidence) {
  double low = 0;
  double high = 40;
  for (int step = 0; step < 100; ++step) {
    const double middle = (low + high) / 2;
    const double below = 1 - std::erfc(middle / std::numbers::sqrt2) / 2;
    (below < confidence ? low : high) = middle;
  }
  return low;
}

// Confirmations follow failing results; a certificate that expires soon is none.
bool counts_failures(const MatchSet& match) {
  for (const auto& row : outcome_table()) {
    if (row.failing && match.contains(row.outcome, 0, false)) return true;
  }
  for (int status = 100; status < 600; ++status) {
    if (match.contains(Outcome::StatusMismatch, status, false)) return true;
  }
  return false;
}

std::optional<int> results_needed(const Rule& rule) {
  double for_rate = 1;
  if (rule.confidence > 0) {
    if (rule.rate >= 1) return std::nullopt;
    const double z = quantile(rule.confidence);
    for_rate = std::ceil(z * z * rule.rate / (1 - rule.rate));
    if (for_rate > most_results) return std::nullopt;
  }
  return std::max({rule.min_samples, rule.min_matches, static_cast<int>(for_rate)});
}

}  // namespace

FiringNeeds::FiringNeeds(const Rule& rule)
    : rule_(&rule),
      results_(results_needed(rule)),
      counts_failures_(config::counts_failures(rule.match)) {}

int FiringNeeds::results_within(Duration window, const Route& route) const {
  const auto scheduled = std::max<std::int64_t>(1, window / route.interval);
  const auto confirmations =
      counts_failures_
          ? std::min<std::int64_t>(route.confirm.times, 1 + window / route.confirm.every)
          : 0;
  return static_cast<int>(std::min<std::int64_t>(scheduled + confirmations, 1'000'000));
}

Duration FiringNeeds::window_for(const Route& route) const {
  if (!rule_->stretches || !results_) return rule_->window;
  if (results_within(rule_->window, route) >= *results_) return rule_->window;
  return route.interval * *results_;
}

int FiringNeeds::results_given(const Route& route) const {
  return results_within(window_for(route), route);
}

}  // namespace gatewatch::config

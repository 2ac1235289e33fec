#include "alerting/rule.h"

#include <algorithm>
#include <cmath>

#include "alerting/wilson.h"

namespace gatewatch::alerting {
namespace {

// That a stretch which goes on looks once as if it were over.
constexpr double chance_of_error = 0.02;

}  // namespace

Threshold::Threshold(const config::Rule& rule)
    : rule_(&rule), quantile_(rule.confidence > 0.5 ? normal_quantile(rule.confidence) : 0) {}

Judgement Threshold::judge(const Window& window) const {
  const auto whole = judge(window.counts());
  if (whole.breaches()) return whole;
  const auto length = window.failing_run().count;
  auto run = judge(Counts{.samples = length, .matches = length});
  if (!run.breaches()) return whole;
  run.reason = Reason::RunBreaches;
  return run;
}

std::uint64_t Threshold::recovery_length(const Window& window) const {
  const auto [samples, matches] = window.failing_stretch();
  const auto share = wilson_lower_bound(matches, samples, quantile_);
  // A clean run may follow each of the matches: as many chances to err.
  const auto length = std::log(chance_of_error / static_cast<double>(matches)) / std::log1p(-share);
  return std::max(static_cast<std::uint64_t>(rule_->resolve_after),
                  static_cast<std::uint64_t>(std::ceil(length)));
}

bool Threshold::is_calm(const Window& window) const {
  const auto [samples, matches] = window.counts();
  return static_cast<double>(matches) < rule_->rate / 2 * static_cast<double>(samples);
}

Judgement Threshold::judge(Counts counts) const {
  const auto bound = wilson_lower_bound(counts.matches, counts.samples, quantile_);
  const auto because = [&](Reason reason) {
    return Judgement{.reason = reason, .counts = counts, .lower_bound = bound};
  };
  if (counts.samples < static_cast<std::uint64_t>(rule_->min_samples)) {
    return because(Reason::TooFewSamples);
  }
  if (counts.matches < static_cast<std::uint64_t>(rule_->min_matches)) {
    return because(Reason::TooFewMatches);
  }
  return because(bound >= rule_->rate ? Reason::WindowBreaches : Reason::UnderRate);
}

}  // namespace gatewatch::alerting

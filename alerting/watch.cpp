#include "alerting/watch.h"

#include <algorithm>

#include "alerting/elapsed.h"
#include "alerting/quorum.h"

namespace gatewatch::alerting {

void Watch::replay(const Threshold& threshold, const std::string& region, Timestamp time,
                   bool match, Timestamp now) {
  auto found = std::ranges::find(regions_, region, &Region::name);
  if (found == regions_.end()) {
    found = regions_.insert(found, Region{.name = region, .window = Window(window_)});
  }
  auto& window = found->window;
  window.add(time, match, now);
  auto& recovery = found->recovery;
  if (match && threshold.judge(window).breaches()) recovery = threshold.recovery_length(window);
  if (recovery > 0 && window.clean_run() >= recovery) {
    window.keep_clean_run();
    recovery = 0;
  }
}

WatchChange Watch::observe(const Threshold& threshold, const std::string& region, Timestamp time,
                           bool match, Timestamp now) {
  replay(threshold, region, time, match, now);
  if (!firing_ && !match) return WatchChange::Unchanged;
  const auto situation = assess(threshold, now);
  if (firing_) return stop_if_over(situation, now);
  if (ask_quorum(threshold.rule().regions, situation.reporting, situation.breaching) !=
      QuorumVerdict::Reached) {
    return WatchChange::Unchanged;
  }
  set_firing(true);
  return WatchChange::Fires;
}

WatchChange Watch::tick(const Threshold& threshold, Timestamp now) {
  const auto situation = assess(threshold, now);
  return firing_ ? stop_if_over(situation, now) : WatchChange::Unchanged;
}

bool Watch::breaches(const Threshold& threshold, Timestamp now) {
  const auto situation = assess(threshold, now);
  return ask_quorum(threshold.rule().regions, situation.reporting, situation.breaching) ==
         QuorumVerdict::Reached;
}

void Watch::set_firing(bool firing) {
  firing_ = firing;
  calm_since_.reset();
  if (firing) return;
  for (auto& region : regions_) region.recovery = 0;
}

bool Watch::is_quiet() const {
  return !firing_ && std::ranges::all_of(regions_, [](const Region& region) {
    return region.window.counts().matches == 0;
  });
}

std::optional<Timestamp> Watch::failing_since(const Threshold& threshold) const {
  std::optional<Timestamp> since;
  for (const auto& region : regions_) {
    const auto judgement = threshold.judge(region.window);
    if (!judgement.breaches()) continue;
    // Where the run by itself is enough, older matches in the window are another story.
    const auto run = region.window.failing_run();
    const bool by_run = judgement.reason == Reason::RunBreaches ||
                        (run.count > 0 && run.count == judgement.counts.matches);
    const auto began = by_run ? std::optional(run.since) : region.window.first_match();
    if (began && (!since || *began < *since)) since = began;
  }
  return since;
}

std::optional<Timestamp> Watch::run_of_failures_since() const {
  std::optional<Timestamp> since;
  for (const auto& region : regions_) {
    const auto run = region.window.failing_run();
    if (run.count == 0 || region.window.clean_run() > 0) continue;
    since = std::min(run.since, since.value_or(run.since));
  }
  return since;
}

Counts Watch::counts_since(Timestamp time) const {
  Counts counts;
  for (const auto& region : regions_) {
    const auto more = region.window.counts_since(time);
    counts.samples += more.samples;
    counts.matches += more.matches;
  }
  return counts;
}

std::vector<std::string> Watch::breaching_regions() const {
  std::vector<std::string> names;
  for (const auto& region : regions_) {
    if (region.breaches) names.push_back(region.name);
  }
  return names;
}

std::vector<std::string> Watch::reporting_regions() const {
  std::vector<std::string> names;
  for (const auto& region : regions_) {
    if (region.window.counts().samples > 0) names.push_back(region.name);
  }
  return names;
}

Watch::Situation Watch::assess(const Threshold& threshold, Timestamp now) {
  const auto clean_enough = static_cast<std::uint64_t>(threshold.rule().resolve_after);
  Situation situation;
  for (auto& region : regions_) {
    region.window.expire(now);
    region.breaches = threshold.judge(region.window).breaches();
    if (region.window.counts().samples == 0) continue;
    ++situation.reporting;
    situation.breaching += region.breaches ? 1 : 0;
    situation.over =
        situation.over && region.window.clean_run() >= std::max(clean_enough, region.recovery);
    situation.calm = situation.calm && threshold.is_calm(region.window);
  }
  return situation;
}

WatchChange Watch::stop_if_over(const Situation& situation, Timestamp now) {
  if (situation.reporting == 0 || situation.breaching > 0) {
    calm_since_.reset();
    return WatchChange::Unchanged;
  }
  if (!situation.calm) {
    calm_since_.reset();
  } else if (!calm_since_) {
    calm_since_ = now;
  }
  const bool calm_long_enough = calm_since_ && has_passed(*calm_since_, now, window_);
  if (!situation.over && !calm_long_enough) return WatchChange::Unchanged;
  set_firing(false);
  return WatchChange::Stops;
}

}  // namespace gatewatch::alerting

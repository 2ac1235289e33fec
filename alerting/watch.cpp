#include "alerting/watch.h"

#include <algorithm>

#include "alerting/elapsed.h"
#include "alerting/quorum.h"

namespace gatewatch::alerting {
namespace {

constexpr int looks_per_window = 60;

}  // namespace

void Watch::replay(const Threshold& threshold, RegionId id, Timestamp time, bool match,
                   Timestamp now) {
  auto& region = region_of(id);
  auto& window = region.window;
  window.add(time, match, now);
  idle_until_ = std::min(idle_until_, time + window_);
  auto& recovery = region.recovery;
  if (match && threshold.judge(window).breaches()) {
    recovery = static_cast<std::uint32_t>(threshold.recovery_length(window));
  }
  if (recovery > 0 && window.clean_run() >= recovery) {
    window.keep_clean_run();
    recovery = 0;
    idle_until_ = {};
  }
}

// Regions come once and are few: there is no spare room for more. Where all report, a region is at
// the place of its number, and what is beside it need not be read.
Watch::Region& Watch::region_of(RegionId id) {
  auto place = std::min(static_cast<std::size_t>(id), regions_.size());
  if (place == regions_.size() || regions_[place].id != id) {
    while (place > 0 && regions_[place - 1].id >= id) --place;
  }
  if (place < regions_.size() && regions_[place].id == id) return regions_[place];
  regions_.reserve(regions_.size() + 1);
  return *regions_.insert(regions_.begin() + static_cast<std::ptrdiff_t>(place),
                          Region{.window = Window(window_), .id = id});
}

WatchChange Watch::observe(const Threshold& threshold, RegionId region, Timestamp time, bool match,
                           Timestamp now) {
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

bool Watch::is_due(Timestamp now) const {
  // Further ahead than the window only where the clock was set back.
  return now >= idle_until_ || idle_until_ - now > window_;
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
  idle_until_ = {};
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

bool Watch::breaches_in(RegionId id) const {
  return std::ranges::any_of(
      regions_, [id](const Region& region) { return region.id == id && region.breaches; });
}

std::vector<RegionId> Watch::breaching_regions() const {
  std::vector<RegionId> ids;
  for (const auto& region : regions_) {
    if (region.breaches) ids.push_back(region.id);
  }
  return ids;
}

std::vector<RegionId> Watch::reporting_regions() const {
  std::vector<RegionId> ids;
  for (const auto& region : regions_) {
    if (region.window.counts().samples > 0) ids.push_back(region.id);
  }
  return ids;
}

Watch::Situation Watch::assess(const Threshold& threshold, Timestamp now) {
  const auto clean_enough = static_cast<std::uint64_t>(threshold.rule().resolve_after);
  Situation situation;
  idle_until_ = now + window_;
  if (calm_since_) idle_until_ = std::min(idle_until_, *calm_since_ + window_);
  for (auto& region : regions_) {
    region.window.expire(now);
    if (const auto oldest = region.window.oldest()) {
      idle_until_ = std::min(idle_until_, *oldest + window_);
    }
    region.breaches = threshold.judge(region.window).breaches();
    if (region.window.counts().samples == 0) continue;
    ++situation.reporting;
    situation.breaching += region.breaches ? 1 : 0;
    situation.over = situation.over && region.window.clean_run() >=
                                           std::max<std::uint64_t>(clean_enough, region.recovery);
    situation.calm = situation.calm && threshold.is_calm(region.window);
  }
  idle_until_ = std::max(idle_until_, now + window_ / looks_per_window);
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

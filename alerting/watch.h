// One rule over one route: a window per region, and whether the rule fires for the route.
//
// It begins to fire with a matching result that completes the quorum, never by time alone: that
// clean results leave a window, or that a region falls silent, is no news of the route. It stops
// when no region breaches any more and either every reporting region is over its failing stretch
// (rule.h), or the share of each has stayed under half of the rate for one whole window. While no
// region reports nothing is known, and nothing changes.
//
// With the end of its failing stretch a region's window begins anew: what is known to be over
// neither holds up the end nor makes the next lone failure a breach.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alerting/rule.h"
#include "alerting/window.h"

namespace gatewatch::alerting {

enum class WatchChange : std::uint8_t { Unchanged, Fires, Stops };

class Watch {
 public:
  explicit Watch(config::Duration window) : window_(window) {}

  // A result that changes windows and nothing else.
  void replay(const Threshold& threshold, const std::string& region, Timestamp time, bool match,
              Timestamp now);
  // A result, and what it changes. `threshold` is of the rule that the watch was made for.
  [[nodiscard]] WatchChange observe(const Threshold& threshold, const std::string& region,
                                    Timestamp time, bool match, Timestamp now);
  // What time alone changes.
  [[nodiscard]] WatchChange tick(const Threshold& threshold, Timestamp now);
  // Whether the rule would fire now, after a replay.
  [[nodiscard]] bool breaches(const Threshold& threshold, Timestamp now);

  [[nodiscard]] config::Duration window() const { return window_; }
  [[nodiscard]] bool firing() const { return firing_; }
  void set_firing(bool firing);
  // Neither firing nor with a match in any window: time cannot change anything.
  [[nodiscard]] bool is_quiet() const;
  // When the failing stretch began that makes regions breach; none where no region does.
  [[nodiscard]] std::optional<Timestamp> failing_since(const Threshold& threshold) const;
  // When the first of the newest results failed that do so in a row, of any region; none where
  // the newest result of every region is clean.
  [[nodiscard]] std::optional<Timestamp> run_of_failures_since() const;
  [[nodiscard]] Counts counts_since(Timestamp time) const;
  // As of the last observe() or tick().
  [[nodiscard]] std::vector<std::string> breaching_regions() const;
  [[nodiscard]] std::vector<std::string> reporting_regions() const;

 private:
  struct Region {
    std::string name;
    Window window;
    bool breaches = false;
    // Clean results in a row that end its failing stretch, as of the newest match with which it
    // breached; 0 where it did not.
    std::uint64_t recovery = 0;
  };
  struct Situation {
    int reporting = 0;
    int breaching = 0;
    bool over = true;  // the failing stretch of every reporting region
    bool calm = true;  // the share of every reporting region
  };

  [[nodiscard]] Situation assess(const Threshold& threshold, Timestamp now);
  [[nodiscard]] WatchChange stop_if_over(const Situation& situation, Timestamp now);

  config::Duration window_;
  std::vector<Region> regions_;
  bool firing_ = false;
  std::optional<Timestamp> calm_since_;  // while it fires
};

}  // namespace gatewatch::alerting

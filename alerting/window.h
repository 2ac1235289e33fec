// What one rule has seen of one route from one region within a sliding stretch of time: samples
// and matches as running sums, and the newest unbroken runs of matches and of clean results.
//
// Results of one kind that come evenly, as a schedule has them come, are one stretch: the first of
// them, their distance, how many. So a route in good health costs one stretch, and so does a total
// outage, however long the window. Up to 64 stretches leave result by result, on time. Where there
// are more, the results of the older ones share buckets, which leave with their newest result. A
// result may stay longer by a 30th of the window, never shorter. A result costs O(1) amortised.

#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "config/units.h"
#include "probes/time.h"

namespace gatewatch::alerting {

struct Counts {
  std::uint64_t samples = 0;
  std::uint64_t matches = 0;

  friend bool operator==(const Counts&, const Counts&) = default;
};

// Results of one kind after each other, in the order of arrival.
struct Run {
  std::uint64_t count = 0;
  Timestamp since;  // of its first result; meaningless while count is 0

  friend bool operator==(const Run&, const Run&) = default;
};

class Window {
 public:
  static constexpr std::size_t stretch_limit = 64;
  static constexpr int lateness_divisor = 30;  // a result stays too long by length / this at most

  explicit Window(config::Duration length) : length_(length) {}

  // A result of the time `time`, arriving at `now`. One that is older than the window counts for
  // nothing; one from the future counts as of now; one that arrives out of order counts as of the
  // newest before it. A wall clock that has stepped back by more than the window empties it.
  void add(Timestamp time, bool match, Timestamp now);
  // Lets go of what is older than the window.
  void expire(Timestamp now);
  // Lets go of what came before the clean run: the window begins anew with it.
  void keep_clean_run();

  [[nodiscard]] Counts counts() const { return {.samples = samples_, .matches = matches_}; }
  // The newest run of matches, as far as it lies within the window; `since` may lie before it.
  [[nodiscard]] Run failing_run() const;
  // How many results in a row were clean, up to the newest one; not bounded by the window.
  [[nodiscard]] std::uint64_t clean_run() const { return run_matches_ ? 0 : run_; }
  [[nodiscard]] std::optional<Timestamp> first_match() const;
  // When the oldest result was, whose leaving is the next change that time makes.
  [[nodiscard]] std::optional<Timestamp> oldest() const;
  // From the first match within the window to the newest one.
  [[nodiscard]] Counts failing_stretch() const;
  // Those at `time` or later; a shared bucket counts whole.
  [[nodiscard]] Counts counts_since(Timestamp time) const;
  [[nodiscard]] std::size_t stretches() const;

 private:
  // Either `even`: results of one kind, each `spacing` after the one before, or up to `late` after
  // that. Or a bucket of any results, which leave together.
  struct Stretch {
    static constexpr auto bucket = std::numeric_limits<std::uint32_t>::max();

    Timestamp first{};          // of a bucket: its first match, if it has one
    std::uint32_t spacing = 0;  // µs; of a bucket: until its newest result, ms
    std::uint32_t late = 0;     // µs; or `bucket`
    std::uint32_t samples = 0;
    std::uint32_t matches = 0;

    [[nodiscard]] bool is_even() const { return late != bucket; }
    [[nodiscard]] Timestamp at(std::uint32_t index) const;  // of an even one, at the latest
    [[nodiscard]] Timestamp oldest() const;                 // when its oldest result leaves
    [[nodiscard]] Timestamp newest() const;
    [[nodiscard]] Counts since(Timestamp time) const;
    [[nodiscard]] bool extend(Timestamp time, bool match, config::Duration length);
  };
  struct Older {
    std::vector<Stretch> list;  // in the order of time; those before `begin` have left the window
    std::size_t begin = 0;
  };

  [[nodiscard]] const Stretch& oldest_stretch() const;
  [[nodiscard]] std::int64_t cell(Timestamp time) const;
  void drop_oldest();
  void set_aside();
  void make_room();
  void clear();
  template <typename Visit>
  void newest_first(const Visit& visit) const;

  config::Duration length_;
  Stretch newest_;                // without samples: the window is empty
  std::unique_ptr<Older> older_;  // those before it; null: none
  std::uint32_t samples_ = 0;
  std::uint32_t matches_ = 0;
  std::uint32_t run_ = 0;  // results of the kind of the newest one, up to it
  bool run_matches_ = false;
  Timestamp run_since_;
};

}  // namespace gatewatch::alerting

// What one rule has seen of one route from one region within a sliding stretch of time: samples
// and matches as running sums, and the newest unbroken runs of matches and of clean results.
//
// Up to 48 results are kept one by one and leave exactly on time. Where there are more, older ones
// share a bucket (a 30th of the window), which leaves with its newest result: a result may stay
// longer by one bucket, never shorter. A result costs O(1) amortised; memory is at most 64 buckets.

#pragma once

#include <cstddef>
#include <cstdint>
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
  static constexpr std::size_t bucket_limit = 64;
  static constexpr int buckets_per_window = 30;

  explicit Window(config::Duration length);

  // A result of the time `time`, arriving at `now`. One that is older than the window counts for
  // nothing; one from the future counts as of now; one that arrives out of order counts as of the
  // newest before it. A wall clock that has stepped back by more than the window empties it.
  void add(Timestamp time, bool match, Timestamp now);
  // Lets go of what is older than the window.
  void expire(Timestamp now);
  // Lets go of what came before the clean run: the window begins anew with it.
  void keep_clean_run();

  [[nodiscard]] Counts counts() const { return counts_; }
  // The newest run of matches, as far as it lies within the window; `since` may lie before it.
  [[nodiscard]] Run failing_run() const;
  // How many results in a row were clean, up to the newest one; not bounded by the window.
  [[nodiscard]] std::uint64_t clean_run() const { return clean_run_; }
  [[nodiscard]] std::optional<Timestamp> first_match() const;
  // From the first match within the window to the newest one.
  [[nodiscard]] Counts failing_stretch() const;
  // Those at `time` or later; a shared bucket counts whole.
  [[nodiscard]] Counts counts_since(Timestamp time) const;
  [[nodiscard]] std::size_t buckets() const { return buckets_.size() - oldest_; }

 private:
  struct Bucket {
    Timestamp last;         // its newest result
    Timestamp first_match;  // meaningless while matches is 0
    std::uint32_t samples;
    std::uint32_t matches;
  };

  [[nodiscard]] std::int64_t cell(const Bucket& bucket) const;
  void make_room();
  void clear();

  std::chrono::microseconds length_;
  std::chrono::microseconds bucket_width_;
  std::vector<Bucket> buckets_;  // oldest first; those before oldest_ have left the window
  std::size_t oldest_ = 0;
  Counts counts_;
  Run failing_run_;
  std::uint64_t clean_run_ = 0;
};

}  // namespace gatewatch::alerting

// Uptime, defined here and nowhere else.
//
// Up is whoever answers as expected: the outcome is ok. A certificate that expires soon is a
// warning and up; `slow` is down, since the operator said how long an answer may take.
//   1. Of one route seen from one region, scheduled results alone count: confirmations come when
//      something fails, and would count a failure many times over.
//   2. The results of one turn (addresses = "all" has several) are those that began within half an
//      interval of its first one. At any time, the last turn that began says how the route is: up
//      by the share of its results so far that are ok.
//   3. A turn stands until the next one begins, but for two intervals at most (one turn may have
//   been
//      skipped), and a week. Longer silence is of ours: that time is unknown, neither up nor down.
//   4. While a region is blind (outcome `vantage`), and within a maintenance window, the time is
//      unknown as well: such results say nothing, and yet end the turn before them. Beside results
//      of the same turn that do say something they are left out.
//   5. Uptime is the time that was up, in proportion to the time that is known; and of several
//      regions, or a longer time, the sums of both in proportion.
// So an hour is the sum of its minutes wherever it is cut. Pure.

#pragma once

#include <chrono>
#include <optional>
#include <span>

#include "probes/result.h"

namespace gatewatch::storage {

struct Uptime {
  std::chrono::microseconds known{0};
  std::chrono::microseconds up{0};

  void merge(const Uptime& other) {
    known += other.known;
    up += other.up;
  }
  // From 0 to 1; nullopt: nothing is known.
  [[nodiscard]] std::optional<double> ratio() const;

  friend bool operator==(const Uptime&, const Uptime&) = default;
};

// A scheduled result, as far as uptime looks at it.
struct UptimeSample {
  Timestamp started{};
  std::chrono::microseconds interval{0};  // of its route; 0: not recorded, counts as 30 s
  Outcome outcome = Outcome::Ok;
  bool maintenance = false;
};

// How long a result stands where no other follows.
[[nodiscard]] std::chrono::microseconds longest_standing(std::chrono::microseconds interval);

// Of the time from `from` to `before`. `samples`: of one route and region, in the order of time;
// they have to include those that stand at `from`, and those from `before` on change nothing.
[[nodiscard]] Uptime uptime_between(std::span<const UptimeSample> samples, Timestamp from,
                                    Timestamp before);

}  // namespace gatewatch::storage

// Hours whose rollups lack results that are stored: marked as a result is written, in the same
// transaction, and crossed out with the rollup. So a rollup is made of all results however late
// they come, and whenever the process ends. Marks are for 16 routes at once: fewer rows, and
// as much as one short step can do.

#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <unordered_set>

#include "probes/result.h"
#include "storage/sqlite/statement.h"

namespace gatewatch::storage::sqlite {

inline constexpr std::int64_t routes_per_mark = 16;
inline constexpr std::int64_t hour_us = 3'600'000'000;
inline constexpr std::int64_t end_of_hours = std::int64_t{1} << 31;  // later ones have no rollups

struct DueHour {
  std::int64_t hour = 0;    // since the epoch
  std::int64_t routes = 0;  // the number of a route / 16
};

class DueHours {
 public:
  explicit DueHours(Database& database);

  // Those that write are within a transaction of the caller, who calls roll_back() where that does
  // not commit.

  // The hours in which `result` began, and stands. `route` is its number in the file. Results
  // before 1970 and after the year 200000 have no rollups.
  [[nodiscard]] std::expected<void, Failure> mark(std::int64_t route, const Result& result);
  // `due` is rolled up with all results until `until`: it is done with once it is over.
  [[nodiscard]] std::expected<void, Failure> cross_out(DueHour due, Timestamp until);
  // The oldest that began before `until`, and is not rolled up until then.
  [[nodiscard]] std::expected<std::optional<DueHour>, Failure> next(Timestamp until);
  // `before`, or earlier: neither began a result before it in an hour that is yet to be rolled up,
  // nor does one stand in such an hour.
  [[nodiscard]] std::expected<Timestamp, Failure> limit_forgetting(Timestamp before);
  void roll_back() { marked_.clear(); }

 private:
  static constexpr std::size_t most_marked = 100'000;  // kept in memory

  std::unordered_set<std::int64_t> marked_;
  Statement mark_;
  Statement next_;
  Statement remove_;
  Statement postpone_;
  Statement oldest_;
  Statement slowest_;
  std::optional<std::chrono::microseconds> longest_interval_;  // of all results that are stored
};

}  // namespace gatewatch::storage::sqlite

// Rollups as rows; rollup_schema.sql says how they lie and why.

#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <map>
#include <optional>

#include "storage/rollup.h"
#include "storage/sqlite/block_table.h"
#include "storage/sqlite/statement.h"

namespace gatewatch::storage::sqlite {

inline constexpr int series_bits = 32;
// The number of the row of an hour, or of a span of days.
constexpr std::int64_t rollup_id(std::int64_t series, std::int64_t number) {
  return (series << series_bits) + number;
}

// Reads the columns that `hour_columns` names.
[[nodiscard]] std::expected<Rollup, Failure> read_hour(Row& row, const Database& database);
extern const char* const hour_columns;
// What is said of a row that is not what we write.
[[nodiscard]] Failure rollup_damage(const Database& database);

class RollupTable {
 public:
  explicit RollupTable(Database& database);

  // Each within a transaction of the caller, who calls roll_back() where that does not commit.

  // Takes the place of the hour's rollup, and its day's is made again; unless the one that is there
  // counts more results: some of them are forgotten by now.
  [[nodiscard]] std::expected<void, Failure> put(SpanOwner owner, std::int64_t hour,
                                                 const HourRollup& rollup);
  // Store::forget_rollups.
  [[nodiscard]] std::expected<std::uint64_t, Failure> forget(Timestamp before, std::uint32_t limit);
  void roll_back() { series_.clear(); }

 private:
  [[nodiscard]] std::expected<std::uint64_t, Failure> forget_before(std::int64_t hours,
                                                                    std::uint64_t limit);
  [[nodiscard]] std::expected<std::int64_t, Failure> series_of(SpanOwner owner);
  [[nodiscard]] std::expected<void, Failure> put_hour(std::int64_t id, const Rollup& rollup);
  [[nodiscard]] std::expected<void, Failure> put_minutes(std::int64_t id, const HourRollup& rollup);
  [[nodiscard]] std::expected<Rollup, Failure> day_of(std::int64_t series, std::int64_t day);
  [[nodiscard]] std::expected<void, Failure> put_day(std::int64_t series, std::int64_t day);

  Database& database_;
  std::map<SpanOwner, std::int64_t> series_;  // numbers, kept in memory
  Statement find_series_;
  Statement add_series_;
  Statement results_;
  Statement put_hour_;
  Statement put_minutes_;
  Statement remove_minutes_;
  Statement hours_;
  Statement day_span_;
  Statement put_day_span_;
  Statement forget_hours_;
  Statement forget_minutes_;
  Statement forget_days_;
};

}  // namespace gatewatch::storage::sqlite

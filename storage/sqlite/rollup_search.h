// Rollups that a question asks for, out of their rows.

#pragma once

#include <expected>
#include <vector>

#include "storage/rollup_records.h"
#include "storage/sqlite/statement.h"

namespace gatewatch::storage::sqlite {

class RollupSearch {
 public:
  explicit RollupSearch(Database& database);

  // Store::rollups and Store::histories, each within a read transaction of the caller.
  [[nodiscard]] std::expected<std::vector<StoredRollup>, Failure> find(const RollupQuery& query);
  [[nodiscard]] std::expected<std::vector<RouteHistory>, Failure> histories(
      const HistoryQuery& query);

 private:
  struct Series {
    std::int64_t id = 0;
    std::string route{};
    std::string region{};
  };
  using Found = std::vector<StoredRollup>;

  template <typename... Values>
  [[nodiscard]] std::expected<std::vector<Series>, Failure> list(Statement& statement,
                                                                 const Values&... values);
  [[nodiscard]] std::expected<void, Failure> add_minutes(const Series& series,
                                                         const RollupQuery& query, Found& found);
  [[nodiscard]] std::expected<void, Failure> add_hours(const Series& series,
                                                       const RollupQuery& query, Found& found);
  [[nodiscard]] std::expected<void, Failure> add_days(const Series& series,
                                                      const RollupQuery& query, Found& found);
  // Calls `visit(day, entry)`, the day since the epoch, for those in [first, before) that are
  // there; false where the entry is damaged.
  template <typename Visit>
  [[nodiscard]] std::expected<void, Failure> for_each_day(std::int64_t series, std::int64_t first,
                                                          std::int64_t before, Visit visit);

  Database& database_;
  Statement series_of_route_;
  Statement all_series_;
  Statement hours_;
  Statement minutes_;
  Statement days_;
};

}  // namespace gatewatch::storage::sqlite

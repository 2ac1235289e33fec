// Rollups out of the stored results, in short steps: each makes one hour of the routes of one mark
// again, whatever was there. See due_hours.h.

#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "storage/rollup.h"
#include "storage/sqlite/due_hours.h"
#include "storage/sqlite/rollup_table.h"
#include "storage/sqlite/statement.h"

namespace gatewatch::storage::sqlite {

class RollupMaker {
 public:
  RollupMaker(Database& database, DueHours& due_hours, RollupTable& rollups);

  // Makes one that is due: how many there were, 1 or 0. Within a transaction of the caller, who
  // calls forget() where that does not commit. Results that are damaged are left out.
  [[nodiscard]] std::expected<std::uint64_t, Failure> step(Timestamp until);
  // Numbers of circumstances may from now on mean others.
  void forget() { circumstances_.clear(); }

 private:
  static constexpr std::size_t most_circumstances = 100'000;  // kept in memory

  struct Circumstance {
    SpanOwner owner{};
    std::optional<RollupSample> sample{};  // without its times; nullopt: it has an unknown word
  };
  // The hour at work.
  struct Work {
    std::int64_t first_route = 0;
    std::int64_t before_us = 0;
    std::map<SpanOwner, std::vector<RollupSample>> samples{};
  };

  [[nodiscard]] std::expected<std::int64_t, Failure> standing_us(std::int64_t route);
  // Blocks with results from `from_us` on: the values are those that `statement` takes first.
  template <typename... Values>
  [[nodiscard]] std::expected<void, Failure> read_blocks(Statement& statement, Work& work,
                                                         std::int64_t from_us,
                                                         const Values&... values);
  [[nodiscard]] std::expected<void, Failure> take(const ResultBlock& block, std::int64_t from_us,
                                                  Work& work);
  [[nodiscard]] std::expected<const Circumstance*, Failure> circumstance(std::int64_t id);

  DueHours& due_hours_;
  RollupTable& rollups_;
  std::unordered_map<std::int64_t, Circumstance> circumstances_;
  Statement circumstance_;
  Statement longest_interval_;
  Statement loose_;
  Statement spans_;
};

}  // namespace gatewatch::storage::sqlite

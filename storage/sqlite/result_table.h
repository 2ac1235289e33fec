// Results as they are written: into the journal, moved into spans, forgotten by the block.
// result_schema.sql says how they lie and why.

#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <vector>

#include "probes/result.h"
#include "storage/sqlite/block_table.h"
#include "storage/sqlite/circumstance_table.h"
#include "storage/sqlite/due_hours.h"
#include "storage/sqlite/result_compaction.h"

namespace gatewatch::storage::sqlite {

class ResultTable {
 public:
  explicit ResultTable(Database& database);

  // Each within a transaction of the caller, who calls roll_back() where that does not commit.
  [[nodiscard]] std::expected<void, Failure> add(std::span<const Result> results);
  // Store::compact_results and Store::forget_results; whether the first has something to do.
  [[nodiscard]] std::expected<bool, Failure> can_compact(std::uint64_t least);
  [[nodiscard]] std::expected<std::uint64_t, Failure> compact(std::uint64_t least);
  [[nodiscard]] std::expected<std::uint64_t, Failure> forget(Timestamp before, std::uint32_t limit);
  void roll_back();
  // The hours that the results are to be rolled up to.
  [[nodiscard]] DueHours& due_hours() { return due_hours_; }

 private:
  [[nodiscard]] std::expected<std::int64_t, Failure> add_failure(const Result& result);
  [[nodiscard]] std::expected<void, Failure> remove(const StoredBlock& stored);

  BlockTable blocks_;
  CircumstanceTable circumstances_;
  DueHours due_hours_;
  ResultCompaction compaction_;
  std::vector<ResultNumbers> numbers_;  // of the batch at work
  Statement add_failure_;
  Statement remove_failure_;
};

}  // namespace gatewatch::storage::sqlite

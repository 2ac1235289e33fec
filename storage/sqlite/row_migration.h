// The way from layout 1, where every result was a row of its own, to layout 2. A large file has
// hundreds of millions of rows: they are moved while the daemon works, and none is seen before.

#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "probes/result.h"
#include "storage/sqlite/database.h"
#include "storage/sqlite/evidence_table.h"
#include "storage/sqlite/result_table.h"
#include "storage/sqlite/statement.h"

namespace gatewatch::storage::sqlite {

// The step of a migration: makes the tables of layout 2 and moves the newest rows, which rules look
// at. The others stay for RowMigration. Within a transaction of the caller.
[[nodiscard]] std::expected<void, Failure> migrate_newest_rows(Database& database);

class RowMigration {
 public:
  RowMigration(Database& database, ResultTable& results, EvidenceTable& evidence);

  // Whether there are rows that a migration left.
  [[nodiscard]] static std::expected<bool, Failure> is_needed(Database& database);
  // Moves some of the oldest rows that have an `id` of at least `first`: how many, and 0 where none
  // is left. Within a transaction of the caller, who calls roll_back() of both tables where that
  // does not commit.
  [[nodiscard]] std::expected<std::uint64_t, Failure> move_rows(std::int64_t first);
  // Removes the table where it is empty.
  [[nodiscard]] std::expected<void, Failure> finish();

 private:
  Database& database_;
  ResultTable& results_;
  EvidenceTable& evidence_;
  Statement read_;
  Statement remove_;
};

}  // namespace gatewatch::storage::sqlite

#include "storage/sqlite/evidence_migration.h"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "storage/sqlite/block_table.h"
#include "storage/sqlite/circumstance_list.h"
#include "storage/sqlite/column_migration.h"
#include "storage/sqlite/evidence_table.h"
#include "storage/sqlite/result_search.h"
#include "storage/sqlite/schema.h"

namespace gatewatch::storage::sqlite {

namespace {

class HeadMigration {
 public:
  explicit HeadMigration(Database& database)
      : evidence_(database),
        circumstances_(database),
        blocks_(database, fmt::format("SELECT {} FROM block", block_columns)),
        failure_(database,
                 "SELECT trace_id, detail, response_head FROM failure_with_head WHERE id = ?1 AND "
                 "response_head <> ''") {}

  std::expected<void, Failure> run() {
    std::expected<void, Failure> moved;
    const auto read = [&](Row& row) {
      moved = move(read_block(row));
      return moved.has_value();
    };
    auto done = for_each_row(blocks_, read);
    return moved ? done : moved;
  }

 private:
  // What its failures hold cannot be found in a damaged block.
  std::expected<void, Failure> move(const StoredBlock& stored) {
    const auto block = decode_block(stored.block);
    if (!block) return {};
    std::vector<Result> results;
    for (const auto& numbers : *block) {
      if (numbers[BlockColumn::Failure] == 0) continue;
      const auto shared = circumstances_.find(numbers[BlockColumn::Circumstance]);
      if (!shared) return std::unexpected(shared.error());
      auto result = result_of(**shared, numbers);
      const auto read = [&](Row& row) {
        result.trace_id = row.text();
        result.detail = row.text();
        result.evidence = SharedEvidence(Evidence{.head = row.text()});
        return false;
      };
      auto done = for_each_row(failure_, read, numbers[BlockColumn::Failure]);
      if (!done) return done;
      results.push_back(std::move(result));
    }
    return evidence_.add(results);
  }

  EvidenceTable evidence_;
  CircumstanceList circumstances_;
  Statement blocks_;
  Statement failure_;
};

}  // namespace

std::expected<void, Failure> migrate_response_heads(Database& database) {
  const auto has_heads = database.number(
      "SELECT count(*) FROM pragma_table_info('failure') WHERE name = 'response_head'");
  if (!has_heads) return std::unexpected(has_heads.error());
  if (*has_heads == 0) return {};  // from layout 1 all went its way at once
  auto done =
      database.execute("DROP VIEW results; ALTER TABLE failure RENAME TO failure_with_head");
  if (done) done = database.execute(statement_of(result_schema_sql, "CREATE TABLE failure "));
  if (done) done = database.execute(evidence_schema_sql);
  if (done) done = add_maintenance(database);
  if (done) done = HeadMigration(database).run();
  if (done) {
    done = database.execute(
        "INSERT INTO failure SELECT id, trace_id, detail FROM failure_with_head; "
        "DROP TABLE failure_with_head");
  }
  if (done) done = database.execute(statement_of(result_schema_sql, "CREATE VIEW results "));
  return done;
}

}  // namespace gatewatch::storage::sqlite

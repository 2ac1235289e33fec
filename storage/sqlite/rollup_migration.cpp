#include "storage/sqlite/rollup_migration.h"

#include "storage/sqlite/schema.h"

namespace gatewatch::storage::sqlite {

namespace {

// As result_schema.sql has it.
constexpr auto result_changes =
    "ALTER TABLE circumstance ADD COLUMN interval_us INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX circumstance_by_interval ON circumstance (route, interval_us);"
    "CREATE TABLE rollup_due (hour INTEGER NOT NULL, routes INTEGER NOT NULL, "
    "until_us INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (hour, routes)) STRICT, WITHOUT ROWID;";

// A span has one route, a loose block any. A result without an interval stands for a minute, which
// may be one of the next hour. What is marked too much costs a short step.
constexpr auto marks =
    "INSERT OR IGNORE INTO rollup_due (hour, routes) "
    "SELECT from_us / 3600000000 + n, route / 16 FROM block JOIN ordinal "
    "ON n <= (to_us + 60000000) / 3600000000 - from_us / 3600000000 "
    "WHERE route IS NOT NULL AND from_us >= 0 AND to_us < 7e18;"
    "INSERT OR IGNORE INTO rollup_due (hour, routes) "
    "SELECT hour, routes FROM (SELECT DISTINCT id / 16 AS routes FROM route) CROSS JOIN ("
    "SELECT DISTINCT from_us / 3600000000 + n AS hour FROM block JOIN ordinal "
    "ON n <= (to_us + 60000000) / 3600000000 - from_us / 3600000000 "
    "WHERE route IS NULL AND from_us >= 0 AND to_us < 7e18);";

}  // namespace

// On the way from layout 1 the tables of results are made as they are now, and those that are moved
// mark their hours themselves.
std::expected<void, Failure> begin_rollups(Database& database) {
  const auto has_marks =
      database.number("SELECT count(*) FROM sqlite_schema WHERE name = 'rollup_due'");
  if (!has_marks) return std::unexpected(has_marks.error());
  std::expected<void, Failure> done;
  if (*has_marks == 0) {
    done = database.execute(result_changes);
    if (done) done = database.execute(marks);
  }
  if (done) done = database.execute(rollup_schema_sql);
  return done;
}

}  // namespace gatewatch::storage::sqlite

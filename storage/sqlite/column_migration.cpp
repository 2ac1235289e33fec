#include "storage/sqlite/column_migration.h"

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "storage/sqlite/schema.h"
#include "storage/sqlite/statement.h"

namespace gatewatch::storage::sqlite {

namespace {

constexpr auto maintenance_column = "maintenance INTEGER NOT NULL DEFAULT 0";

// On the way from an old layout the table may have been made as it is now.
std::expected<void, Failure> add_column(Database& database, const char* table, const char* column) {
  bool is_known = false;
  Statement find(database, "SELECT 1 FROM pragma_table_info(?1) WHERE ?2 LIKE name || ' %'");
  auto found = for_each_row(
      find, [&is_known](Row&) { return is_known = true; }, std::string_view(table),
      std::string_view(column));
  if (!found || is_known) return found;
  return database.execute(fmt::format("ALTER TABLE {} ADD COLUMN {}", table, column));
}

}  // namespace

std::expected<void, Failure> add_maintenance(Database& database) {
  return add_column(database, "circumstance", maintenance_column);
}

std::expected<void, Failure> migrate_columns(Database& database) {
  auto done = add_maintenance(database);
  for (const auto& [table, column] :
       {std::pair("evidence_item", maintenance_column),
        std::pair("incident", "acknowledged_us INTEGER"),
        std::pair("incident", "acknowledged_by TEXT NOT NULL DEFAULT ''"),
        std::pair("incident", "held_by TEXT NOT NULL DEFAULT ''")}) {
    if (done) done = add_column(database, table, column);
  }
  for (const auto* const view : {"results", "evidence", "incidents", "rollups_day"}) {
    if (!done) break;
    done = database.execute(
        fmt::format("DROP VIEW IF EXISTS {0}; {1}", view,
                    statement_of(schema_sql, fmt::format("CREATE VIEW {} AS", view))));
  }
  return done;
}

}  // namespace gatewatch::storage::sqlite

#include "tests/storage/layouts.h"

#include <fstream>
#include <sstream>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "storage/sqlite/migrations.h"
#include "storage/sqlite/schema.h"
#include "tests/source_paths.h"

namespace gatewatch::tests {

std::string layout_sql(int version) {
  std::ifstream file(test_data_path(fmt::format("layout/layout_{}.sql", version)));
  std::ostringstream text;
  text << "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA application_id = 0x67776174; "
       << "PRAGMA user_version = " << version << ";" << file.rdbuf();
  return text.str();
}

// A column that was added stands in another text than one that was there from the beginning.
void check_current_layout(RawSqlite& raw) {
  CHECK(raw.run("PRAGMA user_version; PRAGMA integrity_check; PRAGMA foreign_key_check") ==
        fmt::format("{}\nok\n", storage::sqlite::current_layout().version()));
  RawSqlite fresh(":memory:");
  fresh.run(storage::sqlite::schema_sql);
  const auto* const columns =
      "SELECT object.type, object.name, c.name, c.type, c.\"notnull\", c.dflt_value "
      "FROM sqlite_schema AS object LEFT JOIN pragma_table_info(object.name) AS c "
      "ORDER BY object.name, c.cid";
  CHECK(raw.run(columns) == fresh.run(columns));
  const auto* const views = "SELECT sql FROM sqlite_schema WHERE type = 'view' ORDER BY name";
  CHECK(raw.run(views) == fresh.run(views));
}

}  // namespace gatewatch::tests

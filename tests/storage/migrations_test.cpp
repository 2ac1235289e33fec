#include "storage/sqlite/migrations.h"

#include <array>
#include <filesystem>

#include <doctest/doctest.h>

#include "tests/storage/raw_sqlite.h"
#include "tests/storage/temporary_directory.h"

using namespace gatewatch::storage::sqlite;
using gatewatch::tests::RawSqlite;
using gatewatch::tests::TemporaryDirectory;

namespace {

std::expected<void, Failure> add_column(Database& database) {
  return database.execute("ALTER TABLE a ADD COLUMN y; UPDATE a SET y = x + 1");
}
std::expected<void, Failure> add_view(Database& database) {
  return database.execute("CREATE VIEW b AS SELECT x + y AS z FROM a");
}
std::expected<void, Failure> fail(Database& database) {
  return database.execute("no such statement");
}

constexpr std::array<MigrationStep, 2> steps = {add_column, add_view};
const Layout first{"CREATE TABLE a (x); INSERT INTO a VALUES (1)", {}};
const Layout third{"CREATE TABLE a (x, y); CREATE VIEW b AS SELECT x + y AS z FROM a", steps};

// A file in the first layout.
std::string make_first(const TemporaryDirectory& directory) {
  const auto path = directory.file("a.db");
  RawSqlite raw(path);
  const auto database = Database::open(path, false);
  REQUIRE(database.has_value());
  REQUIRE(migrate(**database, first, 0).has_value());
  return path;
}

}  // namespace

TEST_CASE("an empty file gets the whole layout at once") {
  const TemporaryDirectory directory;
  const auto path = make_first(directory);
  const auto database = Database::open(path, false);
  CHECK(identify(**database, first) == 1);
  CHECK(RawSqlite(path).run("SELECT x FROM a") == "1\n");
}

TEST_CASE("an older file takes every step to our layout, after a copy") {
  const TemporaryDirectory directory;
  const auto path = make_first(directory);
  const auto database = Database::open(path, false);
  REQUIRE(identify(**database, third) == 1);
  REQUIRE(migrate(**database, third, 1).has_value());
  CHECK(identify(**database, third) == 3);
  CHECK(RawSqlite(path).run("SELECT z FROM b") == "3\n");
  CHECK(RawSqlite(path + ".layout-1").run("SELECT * FROM a; PRAGMA user_version") == "1\n1\n");
  CHECK(migrate(**database, third, 3).has_value());
}

TEST_CASE("a migration that fails leaves the file in its old layout") {
  const TemporaryDirectory directory;
  const auto path = make_first(directory);
  constexpr std::array<MigrationStep, 2> bad_steps = {add_column, fail};
  const auto database = Database::open(path, false);
  const auto migrated = migrate(**database, {"", bad_steps}, 1);
  REQUIRE_FALSE(migrated.has_value());
  CHECK(migrated.error().message.find("syntax error") != std::string::npos);
  CHECK(identify(**database, first) == 1);
  CHECK(RawSqlite(path).run("SELECT count(*) FROM pragma_table_info('a')") == "1\n");
}

TEST_CASE("without its copy no migration begins") {
  const TemporaryDirectory directory;
  const auto path = make_first(directory);
  std::filesystem::create_directory(path + ".layout-1");
  const auto database = Database::open(path, false);
  const auto migrated = migrate(**database, third, 1);
  REQUIRE_FALSE(migrated.has_value());
  CHECK(migrated.error().message.find(path + ".layout-1") != std::string::npos);
  CHECK(identify(**database, third) == 1);
}

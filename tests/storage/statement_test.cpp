#include "storage/sqlite/statement.h"

#include <doctest/doctest.h>

using namespace gatewatch::storage::sqlite;
using namespace std::string_literals;

namespace {

std::unique_ptr<Database> memory_database() {
  auto database = Database::open(":memory:", false);
  REQUIRE(database.has_value());
  return std::move(*database);
}

}  // namespace

TEST_CASE("values come back as they were bound") {
  const auto database = memory_database();
  Statement statement(*database, "SELECT ?1, ?2, ?3, ?4, ?5, typeof(?3)");
  const auto text = "a\0'b\xff"s;
  const std::optional<std::int64_t> nothing;
  REQUIRE(statement.bind(-7, text, std::string_view(), nothing, true).next() == true);
  Row row(statement);
  CHECK(row.integer() == -7);
  CHECK(row.text() == text);
  CHECK(row.text().empty());
  CHECK_FALSE(row.maybe_integer().has_value());
  CHECK(row.integer() == 1);
  CHECK(row.text() == "text");  // empty, not NULL
  CHECK(statement.next() == false);
}

TEST_CASE("binding starts over: nothing of the last run stays") {
  const auto database = memory_database();
  Statement statement(*database, "SELECT ?1");
  REQUIRE(statement.bind(5).next() == true);
  REQUIRE(statement.bind(std::optional<std::int64_t>()).next() == true);
  CHECK_FALSE(Row(statement).maybe_integer().has_value());
}

TEST_CASE("the first failure is reported, and the next run has its own chance") {
  const auto database = memory_database();
  Statement statement(*database, "INSERT INTO t VALUES (?1)");
  const auto missing = statement.bind("x").run();
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().message.find("no such table: t") != std::string::npos);
  REQUIRE(database->execute("CREATE TABLE t (x UNIQUE)").has_value());
  CHECK(statement.bind("x").run().has_value());
  const auto twice = statement.bind("x").run();
  REQUIRE_FALSE(twice.has_value());
  CHECK(twice.error().code == SQLITE_CONSTRAINT_UNIQUE);
  CHECK(statement.bind("y").run().has_value());

  Statement narrow(*database, "SELECT ?1");
  CHECK_FALSE(narrow.bind(1, 2).next().has_value());
}

TEST_CASE("a row that ends the reading ends the statement too") {
  const auto database = memory_database();
  Statement statement(*database, "SELECT value FROM json_each('[1, 2, 3]')");
  std::int64_t last = 0;
  const auto read = [&last](Row& row) { return (last = row.integer()) < 2; };
  CHECK(for_each_row(statement, read).has_value());
  CHECK(last == 2);
  CHECK(sqlite3_next_stmt(database->handle(), nullptr) != nullptr);
  CHECK(sqlite3_stmt_busy(sqlite3_next_stmt(database->handle(), nullptr)) == 0);
}

TEST_CASE("a transaction that is not committed never was") {
  const auto database = memory_database();
  REQUIRE(database->execute("CREATE TABLE t (x)").has_value());
  {
    const auto transaction = Transaction::write(*database);
    REQUIRE(transaction.has_value());
    REQUIRE(database->execute("INSERT INTO t VALUES (1)").has_value());
    CHECK_FALSE(Transaction::write(*database).has_value());
  }
  CHECK(database->number("SELECT count(*) FROM t") == 0);
  auto transaction = Transaction::write(*database);
  REQUIRE(database->execute("INSERT INTO t VALUES (1)").has_value());
  CHECK(transaction->commit().has_value());
  CHECK(database->number("SELECT count(*) FROM t") == 1);
}

TEST_CASE("SQL cannot write into the schema") {
  const auto database = memory_database();
  CHECK(database->number("PRAGMA foreign_keys") == 1);
  CHECK(database->number("PRAGMA trusted_schema") == 0);
  CHECK_FALSE(
      database->execute("PRAGMA writable_schema = ON; DELETE FROM sqlite_schema").has_value());
  CHECK_FALSE(database->execute("SELECT load_extension('x')").has_value());
  CHECK_FALSE(database->execute("SELECT \"not a column\"").has_value());
}

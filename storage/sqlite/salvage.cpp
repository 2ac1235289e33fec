#include "storage/sqlite/salvage.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "storage/sqlite/statement.h"

namespace gatewatch::storage::sqlite {

namespace {

struct Table {
  const char* name;
  std::array<const char*, 2> ends;  // orders by its key: the newest first, the oldest first
};

constexpr std::array tables = {
    Table{"incident", {"id DESC", "id"}},
    Table{"incident_route", {"incident DESC, position DESC", "incident, position"}},
    Table{"incident_event", {"incident DESC, sequence DESC", "incident, sequence"}},
    Table{"delivery", {"id DESC", "id"}},
    Table{"silence", {"id DESC", "id"}},
    Table{"change", {"id DESC", "id"}},
    Table{"gap", {"kind DESC, since_us DESC", "kind, since_us"}},
};

struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Prepared = std::unique_ptr<sqlite3_stmt, Finalize>;

Prepared prepare(Database& database, const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(database.handle(), sql.c_str(), -1, &statement, nullptr);
  return Prepared(statement);
}

// None where there is no such table.
std::expected<std::vector<std::string>, Failure> columns_of(Database& database, const char* table) {
  std::vector<std::string> columns;
  Statement statement(database, "SELECT name FROM pragma_table_info(?1)");
  auto done = for_each_row(
      statement,
      [&columns](Row& row) {
        columns.push_back(row.text());
        return true;
      },
      std::string_view(table));
  if (!done) return std::unexpected(std::move(done.error()));
  return columns;
}

class TableCopy {
 public:
  TableCopy(Database& from, Database& into, const Table& table)
      : from_(from), into_(into), table_(table) {}

  // How many rows; `is_complete` becomes false where some could not be had.
  std::expected<std::uint64_t, Failure> run(bool& is_complete) {
    const auto known = columns_of(from_, table_.name);
    auto wanted = columns_of(into_, table_.name);
    if (!wanted) return std::unexpected(std::move(wanted.error()));
    if (!known) is_complete = false;
    if (!known || known->empty()) return 0;
    for (auto& column : *wanted) {
      if (std::ranges::find(*known, column) != known->end()) columns_.push_back(std::move(column));
    }
    std::vector<std::string> places;
    for (std::size_t index = 1; index <= columns_.size(); ++index) {
      places.push_back(fmt::format("?{}", index));
    }
    const auto names = fmt::format("({})", fmt::join(columns_, ", "));
    const auto values = fmt::format("({})", fmt::join(places, ", "));
    insert_ = prepare(
        into_, fmt::format("INSERT OR IGNORE INTO {} {} VALUES {}", table_.name, names, values));
    if (!insert_) return std::unexpected(into_.failure(sqlite3_extended_errcode(into_.handle())));
    for (const auto* const order : table_.ends) {
      auto reached = copy(order, is_complete);
      if (!reached) return std::unexpected(std::move(reached.error()));
      if (*reached) break;
      is_complete = false;
    }
    return rows_;
  }

 private:
  // Whether the end of the table was reached, or as many rows as are wanted.
  std::expected<bool, Failure> copy(const char* order, bool& is_complete) {
    const auto select = prepare(from_, fmt::format("SELECT {} FROM {} ORDER BY {}",
                                                   fmt::join(columns_, ", "), table_.name, order));
    if (!select) return false;
    for (std::int64_t read = 0; read < most_salvaged_rows; ++read) {
      const int code = sqlite3_step(select.get());
      if (code == SQLITE_DONE) return true;
      if (code != SQLITE_ROW) return false;
      for (int column = 0; std::cmp_less(column, columns_.size()); ++column) {
        sqlite3_bind_value(insert_.get(), column + 1, sqlite3_column_value(select.get(), column));
      }
      const int added = sqlite3_step(insert_.get());
      sqlite3_reset(insert_.get());
      if (added == SQLITE_DONE) {
        rows_ += static_cast<std::uint64_t>(sqlite3_changes(into_.handle()));
      } else if (added == SQLITE_CONSTRAINT || added == SQLITE_MISMATCH ||
                 (added & 0xff) == SQLITE_CONSTRAINT) {
        is_complete = false;  // a row that makes no sense
      } else {
        return std::unexpected(into_.failure(added));
      }
    }
    return true;
  }

  Database& from_;
  Database& into_;
  const Table& table_;
  std::vector<std::string> columns_;
  Prepared insert_;
  std::uint64_t rows_ = 0;
};

// A file that is shorter than its header says is read as far as it goes.
void tolerate_missing_end(Database& database) {
  sqlite3_db_config(database.handle(), SQLITE_DBCONFIG_DEFENSIVE, 0, nullptr);
  static_cast<void>(database.execute("PRAGMA writable_schema = ON"));
}

}  // namespace

std::expected<Salvaged, Failure> salvage(Database& from, Database& into) {
  tolerate_missing_end(from);
  auto transaction = Transaction::write(into);
  if (!transaction) return std::unexpected(std::move(transaction.error()));
  Salvaged salvaged;
  for (const auto& table : tables) {
    const auto rows = TableCopy(from, into, table).run(salvaged.is_complete);
    if (!rows) return std::unexpected(rows.error());
    if (&table == &tables.front()) salvaged.incidents = *rows;
  }
  // What belonged to an incident that is gone.
  auto done = into.execute(
      "DELETE FROM incident_route WHERE incident NOT IN (SELECT id FROM incident); "
      "DELETE FROM incident_event WHERE incident NOT IN (SELECT id FROM incident)");
  if (done) done = transaction->commit();
  if (!done) return std::unexpected(std::move(done.error()));
  return salvaged;
}

}  // namespace gatewatch::storage::sqlite

#include "storage/sqlite/salvage.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "storage/sqlite/statement.h"

namespace gatewatch::storage::sqlite {

namespace {

struct Table {
  const char* name;
  std::array<const char*, 2> ends{"id DESC", "id"};  // by its key: the newest, the oldest first
};

constexpr std::array tables = {
    Table{"incident"},
    Table{"incident_route", {"incident DESC, position DESC", "incident, position"}},
    Table{"incident_event", {"incident DESC, sequence DESC", "incident, sequence"}},
    Table{"delivery"},
    Table{"silence"},
    Table{"change"},
    Table{"gap", {"kind DESC, since_us DESC", "kind, since_us"}},
};

// What evidence and rollups point at comes first.
constexpr std::array history_tables = {Table{"route"}, Table{"region"}, Table{"word"},
                                       Table{"series"}, Table{"evidence_item"}};
constexpr std::array rollup_tables = {Table{"day_span"}, Table{"hour_rollup"},
                                      Table{"minute_rollup"}};

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

// The rows of a table between two numbers, or all of them.
struct Part {
  std::int64_t first = std::numeric_limits<std::int64_t>::min();
  std::int64_t last = std::numeric_limits<std::int64_t>::max();
  std::int64_t most_rows = most_salvaged_rows;
};

class TableCopy {
 public:
  // `key`: the column that Part is about; empty: it is all.
  TableCopy(Database& from, Database& into, const Table& table, std::string_view key = {})
      : from_(from), into_(into), table_(table), key_(key) {}

  // Before run(): false where the file has no such table.
  std::expected<bool, Failure> prepare_columns(bool& is_complete) {
    const auto known = columns_of(from_, table_.name);
    auto wanted = columns_of(into_, table_.name);
    if (!wanted) return std::unexpected(std::move(wanted.error()));
    if (!known) is_complete = false;
    if (!known || known->empty()) return false;
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
    return true;
  }

  // How many rows; `is_complete` becomes false where some could not be had.
  std::expected<std::uint64_t, Failure> run(const Part& part, bool& is_complete) {
    rows_ = 0;
    for (const auto* const order : table_.ends) {
      auto reached = copy(part, order, is_complete);
      if (!reached) return std::unexpected(std::move(reached.error()));
      if (*reached) break;
      is_complete = false;
    }
    return rows_;
  }

 private:
  // Whether the end of the part was reached, or as much of it as is wanted.
  std::expected<bool, Failure> copy(const Part& part, const char* order, bool& is_complete) {
    const auto condition =
        key_.empty() ? std::string() : fmt::format("WHERE {0} >= ?1 AND {0} <= ?2", key_);
    const auto select =
        prepare(from_, fmt::format("SELECT {} FROM {} {} ORDER BY {}", fmt::join(columns_, ", "),
                                   table_.name, condition, order));
    if (!select) return false;
    if (!key_.empty()) {
      sqlite3_bind_int64(select.get(), 1, part.first);
      sqlite3_bind_int64(select.get(), 2, part.last);
    }
    for (std::int64_t read = 0; read < part.most_rows && bytes_ < most_salvaged_bytes; ++read) {
      const int code = sqlite3_step(select.get());
      if (code == SQLITE_DONE) return true;
      if (code != SQLITE_ROW) return false;
      for (int column = 0; std::cmp_less(column, columns_.size()); ++column) {
        sqlite3_bind_value(insert_.get(), column + 1, sqlite3_column_value(select.get(), column));
        bytes_ += sqlite3_column_bytes(select.get(), column);
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
    // As much as is wanted; the rest is what was left behind.
    if (sqlite3_step(select.get()) != SQLITE_DONE) is_complete = false;
    return true;
  }

  Database& from_;
  Database& into_;
  const Table& table_;
  const std::string_view key_;
  std::vector<std::string> columns_;
  Prepared insert_;
  std::uint64_t rows_ = 0;
  std::int64_t bytes_ = 0;
};

std::expected<std::uint64_t, Failure> copy_table(Database& from, Database& into, const Table& table,
                                                 bool& is_complete) {
  TableCopy copy(from, into, table);
  const auto is_there = copy.prepare_columns(is_complete);
  if (!is_there) return std::unexpected(is_there.error());
  if (!*is_there) return 0;
  return copy.run({}, is_complete);
}

// Series by series, so that the newest of each come, and damage in one costs no other.
std::expected<void, Failure> copy_rollups(Database& from, Database& into) {
  std::vector<std::int64_t> list;
  Statement series(into, "SELECT id FROM series");
  const auto read = [&list](Row& row) {
    list.push_back(row.integer());
    return true;
  };
  if (auto done = for_each_row(series, read); !done) return done;
  bool is_complete = true;  // whether they are tells nobody anything
  for (const auto& table : rollup_tables) {
    TableCopy copy(from, into, table, "id");
    const auto is_there = copy.prepare_columns(is_complete);
    if (!is_there) return std::unexpected(is_there.error());
    if (!*is_there) continue;
    for (const auto id : list) {
      const auto part_of_rows = most_salvaged_hours / std::ssize(list);
      const auto done = copy.run({id << 32, ((id + 1) << 32) - 1, part_of_rows}, is_complete);
      if (!done) return std::unexpected(done.error());
    }
  }
  return {};
}

// An incident of which only its messages could be read is what the newest of them says: so it goes
// on under the name by which people know it, and its end is told.
constexpr const char* incidents_of_messages = R"(
CREATE TEMP TABLE told AS
SELECT incident, notification, max(sequence) AS sequence FROM delivery
WHERE json_valid(notification) AND incident NOT IN (SELECT id FROM incident)
GROUP BY incident;
INSERT OR IGNORE INTO incident
  (id, rule, gateway, severity, state, since_us, opened_us, resolved_us, last_event)
SELECT incident, notification ->> 'rule', notification ->> 'gateway', notification ->> 'severity',
  iif(notification ->> 'kind' = 'resolved', 'resolved', 'open'), notification ->> 'since_us',
  1000 * CAST(substr(notification ->> 'incident_key', 4) AS INTEGER),
  notification ->> 'resolved_us',
  max(sequence, coalesce((SELECT max(event.sequence) FROM incident_event AS event
                          WHERE event.incident = told.incident), 0))
FROM told WHERE notification ->> 'incident_key' GLOB 'gw-[0-9]*'
  AND typeof(notification ->> 'since_us') = 'integer'
  AND typeof(notification ->> 'resolved_us') IN ('integer', 'null');
INSERT OR IGNORE INTO incident_route (incident, position, route, since_us, firing, probes, failures, regions)
SELECT incident, routes.key, routes.value ->> 'id', notification ->> 'since_us',
  routes.value ->> 'firing', 0, 0, '[]'
FROM told, json_each(notification, '$.routes') AS routes
WHERE incident IN (SELECT id FROM incident);
DROP TABLE told;
)";

// How many there are now. A message that makes no sense is passed over.
std::expected<std::uint64_t, Failure> complete_incidents(Database& into) {
  static_cast<void>(into.execute("SAVEPOINT messages"));
  if (auto done = into.execute(incidents_of_messages); !done) {
    static_cast<void>(into.execute("ROLLBACK TO messages"));
  }
  static_cast<void>(into.execute("RELEASE messages"));
  const auto count = into.number("SELECT count(*) FROM incident");
  if (!count) return std::unexpected(count.error());
  return static_cast<std::uint64_t>(*count);
}

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
  const auto known = columns_of(from, tables.front().name);
  salvaged.is_complete = known && !known->empty();
  for (const auto& table : tables) {
    const auto rows = copy_table(from, into, table, salvaged.is_complete);
    if (!rows) return std::unexpected(rows.error());
  }
  const auto incidents = complete_incidents(into);
  if (!incidents) return std::unexpected(incidents.error());
  salvaged.incidents = *incidents;
  // What belonged to an incident that is gone.
  auto done = into.execute(
      "DELETE FROM incident_route WHERE incident NOT IN (SELECT id FROM incident); "
      "DELETE FROM incident_event WHERE incident NOT IN (SELECT id FROM incident)");
  bool has_history = true;
  for (const auto& table : history_tables) {
    if (!done) break;
    const auto rows = copy_table(from, into, table, has_history);
    if (!rows) done = std::unexpected(rows.error());
  }
  if (done) done = copy_rollups(from, into);
  if (done) done = transaction->commit();
  if (!done) return std::unexpected(std::move(done.error()));
  return salvaged;
}

}  // namespace gatewatch::storage::sqlite

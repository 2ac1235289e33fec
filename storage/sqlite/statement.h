// One prepared statement, kept for the life of its connection, with bound parameters only. The
// first failure (of preparing, binding or stepping) is what next() and run() report.

#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "probes/time.h"
#include "storage/sqlite/database.h"

namespace gatewatch::storage::sqlite {

// Bytes for a column of type BLOB.
struct Blob {
  std::string_view bytes;
};

class Statement {
 public:
  // Prepared at its first use. `database` must outlive it.
  Statement(Database& database, std::string sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Starts over with these values for ?1, ?2, … Texts are copied.
  template <typename... Values>
  Statement& bind(const Values&... values) {
    start();
    int index = 0;
    (bind_value(++index, values), ...);
    return *this;
  }

  // The next row: whether there is one. Ends the statement's read at the last row or a failure.
  [[nodiscard]] std::expected<bool, Failure> next();
  // To the end, for statements whose rows do not matter.
  [[nodiscard]] std::expected<void, Failure> run();
  // Ends the read before the last row; until then this statement holds a view of the past.
  void finish();

 private:
  friend class Row;

  void start();
  void prepare();
  void note(int code);

  template <std::integral Integer>
  void bind_value(int index, Integer value) {
    bind_integer(index, static_cast<std::int64_t>(value));
  }
  void bind_value(int index, std::string_view text);
  void bind_value(int index, Blob blob);
  void bind_value(int index, Timestamp time);
  void bind_value(int index, std::chrono::microseconds duration);
  template <typename Value>
  void bind_value(int index, const std::optional<Value>& value) {
    if (value) bind_value(index, *value);  // start() has set it to NULL
  }
  void bind_integer(int index, std::int64_t value);

  Database& database_;
  std::string sql_;
  sqlite3_stmt* statement_ = nullptr;
  std::optional<Failure> failure_;
};

// Reads the columns of the current row, one after another.
class Row {
 public:
  explicit Row(const Statement& statement) : statement_(statement.statement_) {}

  [[nodiscard]] std::int64_t integer();
  [[nodiscard]] std::uint64_t count() { return static_cast<std::uint64_t>(integer()); }
  [[nodiscard]] std::string text();  // of a BLOB its bytes
  [[nodiscard]] Timestamp time() { return Timestamp(std::chrono::microseconds(integer())); }
  [[nodiscard]] std::chrono::microseconds duration();
  [[nodiscard]] std::optional<std::int64_t> maybe_integer();
  [[nodiscard]] std::optional<Timestamp> maybe_time();

 private:
  sqlite3_stmt* statement_;
  int column_ = 0;
};

// Binds, then calls `read(Row&)` for each row until it returns false; the read is ended in any
// case.
template <typename Read, typename... Values>
[[nodiscard]] std::expected<void, Failure> for_each_row(Statement& statement, Read read,
                                                        const Values&... values) {
  statement.bind(values...);
  while (true) {
    auto row = statement.next();
    if (!row) return std::unexpected(std::move(row.error()));
    if (!*row) return {};
    Row columns(statement);
    if (!read(columns)) {
      statement.finish();
      return {};
    }
  }
}

}  // namespace gatewatch::storage::sqlite

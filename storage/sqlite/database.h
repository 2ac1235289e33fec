// One connection to one SQLite file, hardened: no DDL of the file can run code, no misuse can
// damage it. Knows nothing of gatewatch's tables.

#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>

#include <sqlite3.h>

#include "config/error.h"

namespace gatewatch::storage::sqlite {

// How long a statement waits for a lock that another process holds.
inline constexpr int busy_timeout_ms = 2'000;

// A failed call of SQLite: its extended result code, and a sentence that names the file.
struct Failure {
  int code = SQLITE_OK;
  std::string message;

  [[nodiscard]] bool is_damage() const;    // the file is not (or no longer) a SQLite database
  [[nodiscard]] bool is_of_space() const;  // there is none left
};

// Outlives its statements. Belongs to one thread at a time.
class Database {
 public:
  // The file must exist. `read_only` promises that nothing is written, not that nobody else does.
  [[nodiscard]] static std::expected<std::unique_ptr<Database>, Failure> open(
      const std::string& path, bool read_only);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // SQL without parameters, written in this program: pragmas, transactions, the schema.
  [[nodiscard]] std::expected<void, Failure> execute(const std::string& sql);
  // The first column of the first row: a pragma's answer.
  [[nodiscard]] std::expected<std::string, Failure> answer(const std::string& sql);
  [[nodiscard]] std::expected<std::int64_t, Failure> number(const std::string& sql);

  // What the last call that returned `code` has to say.
  [[nodiscard]] Failure failure(int code) const;
  // Whether a call has found the file damaged since it was opened.
  [[nodiscard]] bool is_damaged() const { return is_damaged_; }
  // Whether the file has been deleted, or another one is at its path. Looks, which is cheap.
  [[nodiscard]] bool has_moved() const;
  [[nodiscard]] bool in_transaction() const;
  // The file could only be opened for reading, whatever was asked.
  [[nodiscard]] bool is_read_only() const;
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] sqlite3* handle() const { return handle_; }

 private:
  Database(std::string path, sqlite3* handle);

  std::string path_;
  sqlite3* handle_ = nullptr;
  mutable bool is_damaged_ = false;
};

// Rolls back unless it was committed.
class Transaction {
 public:
  // Takes the write lock at once, so that nothing fails half-way for want of it.
  [[nodiscard]] static std::expected<Transaction, Failure> write(Database& database);
  // Several reads of one state of the file; needs no commit.
  [[nodiscard]] static std::expected<Transaction, Failure> read(Database& database);
  ~Transaction();
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;

  [[nodiscard]] std::expected<void, Failure> commit();

 private:
  [[nodiscard]] static std::expected<Transaction, Failure> begin(Database& database,
                                                                 const char* sql);
  explicit Transaction(Database& database) : database_(&database) {}

  Database* database_;  // null: done
};

}  // namespace gatewatch::storage::sqlite

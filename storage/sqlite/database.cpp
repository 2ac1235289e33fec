#include "storage/sqlite/database.h"

#include <utility>

#include <fmt/format.h>

#include "storage/sqlite/statement.h"

namespace gatewatch::storage::sqlite {

namespace {

// A schema from a hostile file runs no function with side effects, no SQL writes into the schema
// or into shadow tables, and "text" in double quotes is never a string.
constexpr int hardening[][2] = {{SQLITE_DBCONFIG_DEFENSIVE, 1},
                                {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
                                {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
                                {SQLITE_DBCONFIG_DQS_DDL, 0},
                                {SQLITE_DBCONFIG_DQS_DML, 0},
                                {SQLITE_DBCONFIG_ENABLE_FKEY, 1}};

int harden(sqlite3* handle) {
  for (const auto& [option, value] : hardening) {
    const int code = sqlite3_db_config(handle, option, value, nullptr);
    if (code != SQLITE_OK) return code;
  }
  return sqlite3_busy_timeout(handle, busy_timeout_ms);
}

}  // namespace

bool Failure::is_damage() const {
  const int primary = code & 0xff;
  return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
}

bool Failure::is_of_space() const {
  return (code & 0xff) == SQLITE_FULL || code == SQLITE_IOERR_SHMSIZE;
}

Database::Database(std::string path, sqlite3* handle) : path_(std::move(path)), handle_(handle) {}

Database::~Database() {
  sqlite3_close_v2(handle_);
}

std::expected<std::unique_ptr<Database>, Failure> Database::open(const std::string& path,
                                                                 bool read_only) {
  const int access = read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  sqlite3* handle = nullptr;
  int code = sqlite3_open_v2(path.c_str(), &handle,
                             access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  std::unique_ptr<Database> database(new Database(path, handle));
  if (code == SQLITE_OK) code = harden(handle);
  if (code != SQLITE_OK) return std::unexpected(database->failure(code));
  auto settings = database->execute("PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY");
  if (!settings) return std::unexpected(std::move(settings.error()));
  return database;
}

std::expected<void, Failure> Database::execute(const std::string& sql) {
  const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return std::unexpected(failure(code));
  return {};
}

std::expected<std::string, Failure> Database::answer(const std::string& sql) {
  Statement statement(*this, sql);
  auto row = statement.next();
  if (!row) return std::unexpected(std::move(row.error()));
  if (!*row) return std::string();
  auto text = Row(statement).text();
  statement.finish();
  return text;
}

std::expected<std::int64_t, Failure> Database::number(const std::string& sql) {
  Statement statement(*this, sql);
  auto row = statement.next();
  if (!row) return std::unexpected(std::move(row.error()));
  const auto number = *row ? Row(statement).integer() : 0;
  statement.finish();
  return number;
}

Failure Database::failure(int code) const {
  const char* const text = handle_ != nullptr && sqlite3_extended_errcode(handle_) == code
                               ? sqlite3_errmsg(handle_)
                               : sqlite3_errstr(code);
  Failure failure{code,
                  fmt::format("the database {} failed: {} (SQLite code {})", path_, text, code)};
  is_damaged_ = is_damaged_ || failure.is_damage();
  return failure;
}

bool Database::has_moved() const {
  int moved = 0;
  return sqlite3_file_control(handle_, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK &&
         moved != 0;
}

bool Database::in_transaction() const {
  return sqlite3_get_autocommit(handle_) == 0;
}

bool Database::is_read_only() const {
  return sqlite3_db_readonly(handle_, "main") == 1;
}

std::expected<Transaction, Failure> Transaction::write(Database& database) {
  return begin(database, "BEGIN IMMEDIATE");
}

std::expected<Transaction, Failure> Transaction::read(Database& database) {
  return begin(database, "BEGIN");
}

std::expected<Transaction, Failure> Transaction::begin(Database& database, const char* sql) {
  auto begun = database.execute(sql);
  if (!begun) return std::unexpected(std::move(begun.error()));
  return Transaction(database);
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  // After some failures (a full disk) SQLite has rolled back already. A roll-back that fails leaves
  // nothing to do here: the next BEGIN reports it.
  if (database_ != nullptr && database_->in_transaction()) {
    static_cast<void>(database_->execute("ROLLBACK"));
  }
}

std::expected<void, Failure> Transaction::commit() {
  auto committed = database_->execute("COMMIT");
  if (committed) database_ = nullptr;
  return committed;
}

}  // namespace gatewatch::storage::sqlite

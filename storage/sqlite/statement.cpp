#include "storage/sqlite/statement.h"

#include <utility>

namespace gatewatch::storage::sqlite {

Statement::Statement(Database& database, std::string sql)
    : database_(database), sql_(std::move(sql)) {}

Statement::~Statement() {
  sqlite3_finalize(statement_);
}

void Statement::prepare() {
  const int code =
      sqlite3_prepare_v3(database_.handle(), sql_.data(), static_cast<int>(sql_.size()),
                         SQLITE_PREPARE_PERSISTENT, &statement_, nullptr);
  note(code);
}

void Statement::start() {
  failure_.reset();
  if (statement_ == nullptr) return prepare();
  finish();
  sqlite3_clear_bindings(statement_);
}

void Statement::note(int code) {
  if (code != SQLITE_OK && !failure_) failure_ = database_.failure(code);
}

void Statement::bind_integer(int index, std::int64_t value) {
  if (statement_ != nullptr) note(sqlite3_bind_int64(statement_, index, value));
}

void Statement::bind_value(int index, std::string_view text) {
  if (statement_ == nullptr) return;
  // SQLite takes a null pointer for NULL; an empty text is not NULL.
  const char* const data = text.data() == nullptr ? "" : text.data();
  note(sqlite3_bind_text64(statement_, index, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

void Statement::bind_value(int index, Blob blob) {
  if (statement_ == nullptr) return;
  const char* const data = blob.bytes.empty() ? "" : blob.bytes.data();
  note(sqlite3_bind_blob64(statement_, index, data, blob.bytes.size(), SQLITE_TRANSIENT));
}

void Statement::bind_value(int index, Timestamp time) {
  bind_integer(index, time.time_since_epoch().count());
}

void Statement::bind_value(int index, std::chrono::microseconds duration) {
  bind_integer(index, duration.count());
}

std::expected<bool, Failure> Statement::next() {
  if (statement_ == nullptr && !failure_) prepare();
  if (failure_) return std::unexpected(*failure_);
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) failure_ = database_.failure(code);
  finish();
  if (failure_) return std::unexpected(*failure_);
  return false;
}

std::expected<void, Failure> Statement::run() {
  while (true) {
    auto row = next();
    if (!row) return std::unexpected(std::move(row.error()));
    if (!*row) return {};
  }
}

// The code of a reset repeats that of the step before it, which was reported already.
void Statement::finish() {
  sqlite3_reset(statement_);
}

std::int64_t Row::integer() {
  return sqlite3_column_int64(statement_, column_++);
}

std::string Row::text() {
  const auto* const bytes = sqlite3_column_blob(statement_, column_);
  const auto size = sqlite3_column_bytes(statement_, column_++);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

std::chrono::microseconds Row::duration() {
  return std::chrono::microseconds(integer());
}

std::optional<std::int64_t> Row::maybe_integer() {
  if (sqlite3_column_type(statement_, column_) != SQLITE_NULL) return integer();
  ++column_;
  return std::nullopt;
}

std::optional<Timestamp> Row::maybe_time() {
  const auto microseconds = maybe_integer();
  if (!microseconds) return std::nullopt;
  return Timestamp(std::chrono::microseconds(*microseconds));
}

}  // namespace gatewatch::storage::sqlite

#include "tests/storage/raw_sqlite.h"

#include <stdexcept>

#include <sqlite3.h>

namespace gatewatch::tests {

namespace {

int append_row(void* text, int count, char** values, char**) {
  auto& rows = *static_cast<std::string*>(text);
  for (int column = 0; column < count; ++column) {
    if (column > 0) rows += '|';
    if (values[column] != nullptr) rows += values[column];
  }
  rows += '\n';
  return 0;
}

}  // namespace

RawSqlite::RawSqlite(const std::string& path) {
  if (sqlite3_open(path.c_str(), &handle_) != SQLITE_OK) throw std::runtime_error(path);
}

RawSqlite::~RawSqlite() {
  sqlite3_close(handle_);
}

std::string RawSqlite::run(const std::string& sql) {
  std::string rows;
  if (sqlite3_exec(handle_, sql.c_str(), append_row, &rows, nullptr) != SQLITE_OK) {
    throw std::runtime_error(sql + ": " + sqlite3_errmsg(handle_));
  }
  return rows;
}

}  // namespace gatewatch::tests

#include "tests/storage/raw_sqlite.h"

#include <array>
#include <cstdio>
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

std::string run_sqlite3_program(const std::string& path, const std::string& sql) {
  const auto command = "sqlite3 -readonly '" + path + "' \"" + sql + "\"";
  FILE* const output = ::popen(command.c_str(), "r");
  if (output == nullptr) throw std::runtime_error(command);
  std::string rows;
  std::array<char, 4096> buffer{};
  while (const auto size = std::fread(buffer.data(), 1, buffer.size(), output)) {
    rows.append(buffer.data(), size);
  }
  if (::pclose(output) != 0) throw std::runtime_error(command);
  return rows;
}

}  // namespace gatewatch::tests

// The database as its users see it with the sqlite3 program: SQL in, text out. A failure throws
// std::runtime_error, which ends the test.

#pragma once

#include <string>

struct sqlite3;

namespace gatewatch::tests {

class RawSqlite {
 public:
  // Creates the file where there is none.
  explicit RawSqlite(const std::string& path);
  ~RawSqlite();
  RawSqlite(const RawSqlite&) = delete;
  RawSqlite& operator=(const RawSqlite&) = delete;

  // Runs all of `sql`; the rows with "|" between columns and a line end after each.
  std::string run(const std::string& sql);

 private:
  sqlite3* handle_ = nullptr;
};

// What the program sqlite3 answers, as a user would ask while a daemon runs.
[[nodiscard]] std::string run_sqlite3_program(const std::string& path, const std::string& sql);

}  // namespace gatewatch::tests

#include "storage/sqlite/write_ahead_log.h"

#include <filesystem>
#include <memory>
#include <optional>

#include <doctest/doctest.h>

#include "tests/storage/raw_sqlite.h"
#include "tests/storage/temporary_directory.h"

using namespace gatewatch;
using namespace gatewatch::storage::sqlite;

namespace {

constexpr std::int64_t mebibyte = 1 << 20;

std::int64_t size_of(const std::string& path) {
  return static_cast<std::int64_t>(std::filesystem::file_size(path));
}

class WrittenFile {
 public:
  WrittenFile() {
    tests::RawSqlite(path()).run("PRAGMA journal_mode = WAL; CREATE TABLE a (b)");
    database_ = Database::open(path(), false).value();
    log_.emplace(*database_);
  }

  void write(int mebibytes) {
    for (int count = 0; count < mebibytes; ++count) {
      REQUIRE(database_->execute("INSERT INTO a VALUES (zeroblob(1048576))").has_value());
      log_->check_point();
    }
  }
  [[nodiscard]] std::string path() const { return directory_.file("a.db"); }
  [[nodiscard]] std::int64_t log_bytes() const { return size_of(path() + "-wal"); }
  [[nodiscard]] const WriteAheadLog& log() const { return *log_; }

 private:
  tests::TemporaryDirectory directory_;
  std::unique_ptr<Database> database_;
  std::optional<WriteAheadLog> log_;  // ends before its connection
};

}  // namespace

TEST_CASE("without readers the log stays short") {
  WrittenFile file;
  file.write(100);
  CHECK(file.log_bytes() < 16 * mebibyte);
  CHECK(size_of(file.path()) > 90 * mebibyte);
}

TEST_CASE(
    "a reader that stays makes the log grow, which shows, and it shrinks once that has gone") {
  WrittenFile file;
  {
    tests::RawSqlite reader(file.path());
    reader.run("BEGIN; SELECT count(*) FROM a");
    file.write(70);
    CHECK(file.log().bytes() > longest_log_bytes);
    CHECK(file.log_bytes() > longest_log_bytes);
  }
  file.write(70);
  CHECK(file.log_bytes() <= 16 * mebibyte);
  CHECK(file.log().bytes() < 16 * mebibyte);
}

// Every way in which opening a database fails, with a file made on the spot.

#include "storage/sqlite/database_file.h"

#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "storage/sqlite/sqlite_store.h"
#include "tests/contracts/records_samples.h"
#include "tests/storage/raw_sqlite.h"
#include "tests/storage/temporary_directory.h"

using namespace gatewatch;
using namespace gatewatch::storage;
using tests::RawSqlite;

namespace {

namespace fs = std::filesystem;

// The error of opening; the test fails where there is none.
std::string refusal(const std::string& path, OpenMode mode = OpenMode::ReadWrite) {
  const auto store = open_sqlite_store(path, mode);
  if (store) FAIL("opening " << path << " succeeded");
  const auto message = store ? "" : store.error().message;
  CHECK(message.find(fs::path(path).parent_path()) != std::string::npos);
  return message;
}

bool has(const std::string& text, std::string_view part) {
  CAPTURE(text);
  return text.find(part) != std::string::npos;
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_bytes(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

// A database with so many results, closed.
void make_database(const std::string& path, int results) {
  auto store = open_sqlite_store(path, OpenMode::ReadWrite);
  REQUIRE(store.has_value());
  Batch batch{.steps = {tests::sample_step(1, 1)}};
  for (int index = 0; index < results; ++index)
    batch.results.push_back(tests::sample_failure("shop/checkout", tests::sample_time(index)));
  REQUIRE((*store)->write(batch).has_value());
}

// Lives as a user without rights, where the tests run as root.
class Unprivileged {
 public:
  Unprivileged() {
    if (::geteuid() == 0) REQUIRE(::seteuid(65534) == 0);
  }
  ~Unprivileged() {
    if (::getuid() == 0) static_cast<void>(!::seteuid(0));
  }
};

}  // namespace

TEST_CASE("a missing directory, and a file in its place") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("missing/gatewatch.db");
  CHECK(has(refusal(path), "does not exist: create it"));
  write_bytes(directory.file("missing"), "");
  CHECK(has(refusal(path), "is not a directory"));
}

TEST_CASE("a directory where the database should be") {
  const tests::TemporaryDirectory directory;
  fs::create_directory(directory.file("gatewatch.db"));
  CHECK(has(refusal(directory.file("gatewatch.db")), "it is not a regular file"));
  CHECK(has(refusal(directory.file("gatewatch.db"), OpenMode::ReadOnly), "not a regular file"));
}

TEST_CASE("a directory that cannot be written") {
  const tests::TemporaryDirectory directory;
  ::chmod(directory.path().c_str(), 0555);
  const Unprivileged user;
  CHECK(has(refusal(directory.file("gatewatch.db")),
            "Permission denied; the directory must be writable for the user that runs gatewatch"));
}

TEST_CASE("a database that can be read but not written") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  make_database(path, 1);
  ::chmod(path.c_str(), 0444);
  ::chmod(directory.path().c_str(), 0777);
  ::chmod((path + ".lock").c_str(), 0666);
  {
    const Unprivileged user;
    CHECK(has(refusal(path), "cannot be written: it must belong to the user"));
  }
  // No daemon runs, and the reader may not make the files that WAL needs.
  ::chmod(directory.path().c_str(), 0555);
  const Unprivileged user;
  CHECK(has(refusal(path, OpenMode::ReadOnly), "must be able to write to its directory"));
}

TEST_CASE("reading before the daemon has made the file") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  CHECK(has(refusal(path, OpenMode::ReadOnly), "there is no database"));
  CHECK_FALSE(fs::exists(path));
  write_bytes(path, "");
  CHECK(has(refusal(path, OpenMode::ReadOnly), "start the daemon once"));
}

TEST_CASE("a file that is no database is left as it is") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  for (const auto& bytes :
       {std::string("precious notes\n"), std::string(10'000, 'x'), std::string(4'096, '\0')}) {
    write_bytes(path, bytes);
    CHECK(has(refusal(path), "is not a SQLite database"));
    CHECK(has(refusal(path, OpenMode::ReadOnly), "is not a SQLite database"));
    CHECK(bytes_of(path) == bytes);
  }
}

TEST_CASE("the database of another program is left as it is") {
  const tests::TemporaryDirectory directory;
  for (const auto* const sql :
       {"PRAGMA application_id = 1234", "CREATE TABLE notes (text)", "PRAGMA user_version = 7"}) {
    CAPTURE(sql);
    const auto path = directory.file("foreign.db");
    fs::remove(path);
    RawSqlite(path).run(sql);
    const auto before = bytes_of(path);
    CHECK(has(refusal(path), "is a database of another program"));
    CHECK(bytes_of(path) == before);
  }
}

TEST_CASE("a newer layout is refused") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  make_database(path, 1);
  RawSqlite(path).run("PRAGMA user_version = 4");
  for (const auto mode : {OpenMode::ReadWrite, OpenMode::ReadOnly})
    CHECK(has(refusal(path, mode), "has layout 4, this gatewatch knows layouts up to 3"));
}

TEST_CASE("a damaged database says so, and is not overwritten") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  make_database(path, 50);
  auto bytes = bytes_of(path);
  SUBCASE("zeroed pages") {
    bytes.replace(4'096, 16'384, 16'384, '\0');
  }
  SUBCASE("overwritten pages") {
    bytes.replace(20'480, 8'192, 8'192, '\xaa');
  }
  SUBCASE("cut short") {
    bytes.resize(bytes.size() / 2);
  }
  SUBCASE("a damaged header") {
    bytes.replace(16, 80, 80, '\xaa');
  }
  write_bytes(path, bytes);
  CHECK(has(refusal(path), "damaged"));
  CHECK(bytes_of(path) == bytes);
}

TEST_CASE("one daemon per database: the second is told who holds it") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  auto first = open_sqlite_store(path, OpenMode::ReadWrite);
  REQUIRE(first.has_value());
  CHECK(has(refusal(path), "in use by another gatewatch (process " + std::to_string(::getpid())));
  CHECK(open_sqlite_store(path, OpenMode::ReadOnly).has_value());
  first->reset();
  CHECK(open_sqlite_store(path, OpenMode::ReadWrite).has_value());
}

TEST_CASE("the lock ends with the process that held it, however that ends") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  const auto child = ::fork();
  if (child == 0) {
    const auto lock = sqlite::LockFile::acquire(path);
    ::_exit(lock ? 0 : 1);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(open_sqlite_store(path, OpenMode::ReadWrite).has_value());
}

TEST_CASE("a database that another process has locked is an error, not a wait without end") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  make_database(path, 1);
  RawSqlite other(path);
  other.run("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  CHECK(has(refusal(path), "database is locked"));
}

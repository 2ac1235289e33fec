#include "storage/sqlite/backup.h"

#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <thread>

#include <doctest/doctest.h>

#include "storage/sqlite/sqlite_store.h"
#include "tests/contracts/records_samples.h"
#include "tests/storage/raw_sqlite.h"
#include "tests/storage/temporary_directory.h"

using namespace gatewatch;
using namespace gatewatch::storage;

namespace {

namespace fs = std::filesystem;

Batch batch_of(int number) {
  Batch batch{.steps = {tests::sample_step(number, 1)}};
  for (int index = 0; index < 100; ++index)
    batch.results.push_back(tests::sample_failure("shop/checkout", tests::sample_time(index)));
  return batch;
}

std::unique_ptr<Store> open(const std::string& path) {
  auto store = open_sqlite_store(path, OpenMode::ReadWrite);
  REQUIRE(store.has_value());
  return std::move(*store);
}

std::string why_not(const std::string& path, const std::string& to, Existing existing) {
  const auto size = back_up(path, to, existing);
  REQUIRE_FALSE(size.has_value());
  CHECK_FALSE(fs::exists(to + ".partial"));
  return size.error().message;
}

bool has(const std::string& text, std::string_view part) {
  CAPTURE(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the copy of a database in use is one state of it, sound, and a database of its own") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  const auto to = directory.file("copy.db");
  const auto store = open(path);
  for (int number = 1; number <= 20; ++number) REQUIRE(store->write(batch_of(number)).has_value());
  {
    const std::jthread writer([&store](const std::stop_token& stop) {
      for (int number = 21; !stop.stop_requested(); ++number)
        REQUIRE(store->write(batch_of(number)).has_value());
    });
    const auto size = back_up(path, to, Existing::Refuse);
    if (!size) FAIL(size.error().message);
    CHECK(*size == fs::file_size(to));
  }
  struct stat status{};
  REQUIRE(::stat(to.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  CHECK_FALSE(fs::exists(to + "-wal"));
  CHECK_FALSE(fs::exists(to + ".partial"));
  const auto copy = open(to);
  const auto incidents = copy->incidents({.limit = 100'000});
  CHECK(incidents->size() >= 20);
  CHECK(copy->results({.limit = 100'000'000})->size() == incidents->size() * 100);
  CHECK(tests::RawSqlite(to).run("PRAGMA integrity_check") == "ok\n");
}

TEST_CASE("a file that is there is replaced where that was said, and the database itself never") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  const auto to = directory.file("copy.db");
  REQUIRE(open(path)->write(batch_of(1)).has_value());
  std::ofstream(to) << "precious";
  CHECK(has(why_not(path, to, Existing::Refuse), "it exists already; --force replaces it"));
  CHECK(fs::file_size(to) == 8);
  std::ofstream(to + ".partial") << "left by one that was killed";
  CHECK(back_up(path, to, Existing::Replace).has_value());
  CHECK(open(to)->incidents({})->size() == 1);
  fs::create_hard_link(path, directory.file("link.db"));
  for (const auto& itself : {path, directory.file("link.db")})
    CHECK(has(why_not(path, itself, Existing::Replace), "it is the database itself"));
  fs::create_directory(directory.file("folder"));
  CHECK(has(why_not(path, directory.file("folder"), Existing::Replace), "not a regular file"));
  CHECK(has(why_not(path, directory.file("no/copy.db"), Existing::Refuse), "No such file"));
}

TEST_CASE("an older layout is copied as it is; nothing and a foreign file are not") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  const auto to = directory.file("copy.db");
  CHECK(has(why_not(path, to, Existing::Refuse), "there is no database"));
  {
    tests::RawSqlite(path).run("CREATE TABLE a (b); INSERT INTO a VALUES (7)");
  }
  CHECK(has(why_not(path, to, Existing::Refuse), "is a database of another program"));
  tests::RawSqlite(path).run("PRAGMA application_id = 1735876980; PRAGMA user_version = 1");
  CHECK(back_up(path, to, Existing::Refuse).has_value());
  CHECK(tests::RawSqlite(to).run("SELECT b FROM a; PRAGMA user_version") == "7\n1\n");
}

TEST_CASE("a copy that is damaged is not kept") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  const auto to = directory.file("copy.db");
  for (int number = 1; number <= 3; ++number)
    REQUIRE(open(path)->write(batch_of(number)).has_value());
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(-8192, std::ios::end);
    file << std::string(8192, '\x55');
  }
  CHECK(has(why_not(path, to, Existing::Refuse), "the copy is damaged"));
  CHECK_FALSE(fs::exists(to));
}

#include "storage/sqlite/sqlite_store.h"

#include <atomic>
#include <csignal>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>

#include <doctest/doctest.h>

#include "storage/sqlite/migrations.h"
#include "tests/contracts/evidence_contract.h"
#include "tests/contracts/records_samples.h"
#include "tests/contracts/rollup_contract.h"
#include "tests/contracts/store_contract.h"
#include "tests/storage/raw_sqlite.h"
#include "tests/storage/temporary_directory.h"

using namespace gatewatch;
using namespace gatewatch::storage;
using tests::RawSqlite;
using tests::sample_failure;
using tests::sample_result;
using tests::sample_step;
using tests::sample_time;
using tests::without_evidence;

namespace {

std::unique_ptr<Store> open_store(const std::string& path, OpenMode mode = OpenMode::ReadWrite) {
  auto store = open_sqlite_store(path, mode);
  if (!store) FAIL(store.error().message);
  return std::move(*store);
}

std::vector<Result> all_results(Store& store) {
  return store.results({.newest_first = false, .limit = 1'000'000}).value();
}

// Files of this process cannot grow beyond `bytes` while this lives: a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : old_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &old_limit_);
    const rlimit limit{bytes, old_limit_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &old_limit_);
    std::signal(SIGXFSZ, old_handler_);
  }

 private:
  rlimit old_limit_{};
  void (*old_handler_)(int);
};

}  // namespace

TEST_CASE("a SQLite store keeps the contract") {
  const tests::TemporaryDirectory directory;
  tests::check_store_contract([&] { return open_store(directory.file("gatewatch.db")); });
}

TEST_CASE("a SQLite store keeps the contract of evidence") {
  const tests::TemporaryDirectory directory;
  tests::check_evidence_contract([&] { return open_store(directory.file("gatewatch.db")); });
}

TEST_CASE("what was written is there after the store was closed and opened again") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  const auto failure = sample_failure("shop/checkout", sample_time());
  REQUIRE(
      open_store(path)->write({.results = {failure}, .steps = {sample_step(4, 1)}}).has_value());

  for (const auto mode : {OpenMode::ReadWrite, OpenMode::ReadOnly}) {
    const auto store = open_store(path, mode);
    CHECK(all_results(*store) == without_evidence({failure}));
    CHECK(store->evidence({}) == std::vector{failure});
    CHECK(store->last_incident_id() == 4);
    CHECK(store->pending_deliveries() == sample_step(4, 1).deliveries);
  }
}

TEST_CASE("the file is private, in WAL mode, vacuumed in steps, and says whose it is") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  const auto old_mask = ::umask(022);
  const auto store = open_store(path);
  REQUIRE(store->write({.results = {sample_result("a", sample_time())}}).has_value());
  for (const auto* const suffix : {"", "-wal", "-shm", ".lock"}) {
    CAPTURE(suffix);
    struct stat status{};
    REQUIRE(::stat((path + suffix).c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0640);
  }
  ::umask(old_mask);
  RawSqlite raw(path);
  CHECK(raw.run("PRAGMA journal_mode; PRAGMA auto_vacuum; PRAGMA user_version") ==
        "wal\n2\n" + std::to_string(sqlite::current_layout().version()) + "\n");
  CHECK(raw.run("SELECT printf('%x', application_id) FROM pragma_application_id") == "67776174\n");
}

TEST_CASE("a store opened for reading refuses to write, and sees what the writer adds") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  const auto writer = open_store(path);
  const auto reader = open_store(path, OpenMode::ReadOnly);
  CHECK(all_results(*reader).empty());
  REQUIRE(writer->write({.results = {sample_result("a", sample_time())}}).has_value());
  CHECK(all_results(*reader).size() == 1);
  CHECK_FALSE(reader->write({.results = {sample_result("a", sample_time())}}).has_value());
  CHECK_FALSE(reader->forget_results(sample_time(10), 1).has_value());
}

TEST_CASE("a batch that fails half-way leaves nothing behind, neither on disk nor in memory") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  const auto store = open_store(path);
  RawSqlite raw(path);
  raw.run(
      "CREATE TRIGGER no BEFORE INSERT ON incident_event "
      "BEGIN SELECT RAISE(ABORT, 'not today'); END");
  const Batch batch{.results = {sample_failure("shop/checkout", sample_time())},
                    .steps = {sample_step(1, 1)}};
  const auto refused = store->write(batch);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message.find("not today") != std::string::npos);
  CHECK(refused.error().message.find(path) != std::string::npos);
  CHECK(raw.run("SELECT (SELECT count(*) FROM block), (SELECT count(*) FROM word), "
                "(SELECT count(*) FROM evidence_item)") == "0|0|0\n");

  // The numbers of texts that the roll-back took must not be used again.
  raw.run("DROP TRIGGER no; INSERT INTO route (text) VALUES ('other')");
  REQUIRE(store->write(batch).has_value());
  CHECK(all_results(*store) == without_evidence(batch.results));
  CHECK(store->evidence({}) == batch.results);
}

TEST_CASE("a full disk is an error, and writing goes on when there is space again") {
  const tests::TemporaryDirectory directory;
  const auto store = open_store(directory.file("gatewatch.db"));
  Batch batch;
  for (int index = 0; index < 200; ++index)
    batch.results.push_back(sample_failure("shop/checkout", sample_time(index)));
  for (auto& result : batch.results) result.detail = std::string(4'000, 'x');
  {
    const FileSizeLimit limit(256 << 10);
    CHECK_FALSE(store->write(batch).has_value());
    CHECK(all_results(*store).empty());
    CHECK(store->write({.steps = {sample_step(1, 1)}}).has_value());
  }
  REQUIRE(store->write(batch).has_value());
  CHECK(all_results(*store) == without_evidence(batch.results));
  CHECK(store->last_incident_id() == 1);
}

TEST_CASE("readers see whole batches while the writer works, and neither waits for the other") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  const auto store = open_store(path);
  RawSqlite old_reader(path);
  old_reader.run("BEGIN; SELECT count(*) FROM results");  // holds its view of the file

  constexpr std::size_t batch_size = 7;
  std::atomic<std::size_t> written = 0;
  std::thread writer([&] {
    for (int number = 0; number < 100; ++number) {
      if (!store->write(
              {.results = std::vector(batch_size, sample_result("a", sample_time(number)))}))
        return;
      ++written;
    }
  });
  const auto reader = open_store(path, OpenMode::ReadOnly);
  std::size_t seen = 0;
  while (seen < 100 * batch_size) {
    const auto least = written.load() * batch_size;
    const auto results = reader->results({.limit = 10'000});
    if (!results || results->size() < std::max(seen, least) || results->size() % batch_size != 0) {
      break;
    }
    seen = results->size();
  }
  writer.join();
  CHECK(seen == 100 * batch_size);
  CHECK(old_reader.run("SELECT count(*) FROM results") == "0\n");
}

TEST_CASE("forgetting gives pages back to the file system in steps") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  const auto store = open_store(path);
  Batch batch;
  for (int index = 0; index < 1'000; ++index) {
    batch.results.push_back(sample_failure("shop/checkout", sample_time(index)));
    batch.results.back().detail = std::string(16'000, 'x');
    batch.results.back().evidence.reset();
  }
  REQUIRE(store->write(batch).has_value());
  RawSqlite raw(path);
  const auto pages = [&raw] { return std::stoll(raw.run("PRAGMA page_count")); };
  tests::roll_up(*store);
  const auto full = pages();
  REQUIRE(store->forget_results(sample_time(1'000), 1'000) == 1'000u);
  CHECK(pages() == full - 500);
  for (int step = 0; step < 20; ++step)
    REQUIRE(store->forget_results(sample_time(1'000), 1'000) == 0u);
  CHECK(std::stoll(raw.run("PRAGMA freelist_count")) == 1'000);
}

TEST_CASE("certificates go with their last result") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  const auto store = open_store(path);
  auto first = sample_failure("a", sample_time(0));
  first.certificate->fingerprint = "old";
  const auto last = sample_failure("a", sample_time(100'000));
  REQUIRE(store->write({.results = {first, sample_failure("a", sample_time(1))}}).has_value());
  REQUIRE(store->write({.results = {last}}).has_value());
  RawSqlite raw(path);
  CHECK(raw.run("SELECT count(*) FROM certificate") == "2\n");
  tests::roll_up(*store);
  REQUIRE(store->forget_results(sample_time(100'000), 10) == 2u);
  CHECK(raw.run("SELECT count(*) FROM certificate") == "1\n");
  CHECK(all_results(*store) == without_evidence({last}));
}

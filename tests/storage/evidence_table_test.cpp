#include "storage/sqlite/evidence_table.h"

#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "storage/sqlite/sqlite_store.h"
#include "tests/contracts/records_samples.h"
#include "tests/storage/raw_sqlite.h"
#include "tests/storage/temporary_directory.h"

using namespace gatewatch;
using tests::sample_failure;
using tests::sample_time;

namespace {

class File {
 public:
  std::unique_ptr<storage::Store> open() {
    auto store = storage::open_sqlite_store(path_, storage::OpenMode::ReadWrite);
    REQUIRE(store.has_value());
    return std::move(*store);
  }
  std::string run(const std::string& sql) { return tests::RawSqlite(path_).run(sql); }
  std::string seconds() {
    return run(
        "SELECT group_concat(s, ' ') FROM (SELECT (started_us - 1795169106123456) / 1000000 "
        "AS s FROM evidence ORDER BY started_us)");
  }

 private:
  tests::TemporaryDirectory directory_;
  std::string path_ = directory_.file("gatewatch.db");
};

storage::Batch failure_at(int second) {
  return {.results = {sample_failure("shop/cart", sample_time(second))}};
}

}  // namespace

TEST_CASE("a storm goes on over restarts, and over batches that the database refuses") {
  File file;
  for (int second = 0; second <= 130; second += 5) {
    auto store = file.open();
    if (second == 50) {
      // The step has an incident that the schema refuses, after its results were taken.
      auto broken = failure_at(second);
      broken.deliveries = {{.key = "k", .state = static_cast<storage::DeliveryState>(0)}};
      file.run(
          "CREATE TRIGGER refuse BEFORE INSERT ON delivery BEGIN SELECT RAISE(ABORT, 'no'); END");
      CHECK_FALSE(store->write(broken).has_value());
      file.run("DROP TRIGGER refuse");
      CHECK(file.seconds() == "0 45\n");
    }
    REQUIRE(store->write(failure_at(second)).has_value());
  }
  CHECK(file.seconds() == "0 60 120 130\n");
}

TEST_CASE("a storm takes a row a minute, however many failures it has") {
  File file;
  const auto store = file.open();
  for (int second = 0; second < 600; ++second) {
    REQUIRE(store->write(failure_at(second)).has_value());
  }
  CHECK(file.run("SELECT count(*), sum(stays), sum(bytes) > 11 * 9000 FROM evidence_item") ==
        "11|10|1\n");
}

TEST_CASE("the size is known after a restart, and after rows were replaced") {
  File file;
  for (int second = 0; second < 30; ++second) {
    REQUIRE(file.open()->write(failure_at(second)).has_value());
  }
  REQUIRE(file.open()->write(failure_at(1'000)).has_value());
  const auto store = file.open();
  const auto sum = std::stoull(file.run("SELECT sum(bytes) FROM evidence_item"));
  CHECK(store->forget_evidence(sample_time(-1), sum, 100) == 0u);
  REQUIRE(store->write(failure_at(1'001)).has_value());
  REQUIRE(store->write(failure_at(1'002)).has_value());
  const auto grown = std::stoull(file.run("SELECT sum(bytes) FROM evidence_item"));
  CHECK(store->forget_evidence(sample_time(-1), grown, 100) == 0u);
  CHECK(store->forget_evidence(sample_time(-1), grown - 1, 100) == 1u);
  CHECK(file.seconds() == "29 1000 1002\n");
}

TEST_CASE("questions of evidence and its forgetting are answered by an index") {
  File file;
  const auto store = file.open();
  const auto plan = [&file](const std::string& sql) {
    return file.run("EXPLAIN QUERY PLAN " + sql);
  };
  const auto of_route =
      plan("SELECT head FROM evidence WHERE route = 'a' AND started_us >= 1 ORDER BY started_us");
  CHECK(of_route.find("evidence_by_route (route=? AND started_us>?)") != std::string::npos);
  CHECK(of_route.find("TEMP B-TREE") == std::string::npos);
  const auto all = plan("SELECT head FROM evidence WHERE started_us >= 1 ORDER BY started_us DESC");
  CHECK(all.find("evidence_by_time (started_us>?)") != std::string::npos);
  CHECK(all.find("TEMP B-TREE") == std::string::npos);
  CHECK(plan("SELECT sum(bytes) FROM evidence_item").find("COVERING INDEX evidence_by_time") !=
        std::string::npos);
}

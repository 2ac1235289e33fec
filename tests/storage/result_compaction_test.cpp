#include "storage/sqlite/result_compaction.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "storage/sqlite/sqlite_store.h"
#include "tests/contracts/records_samples.h"
#include "tests/storage/raw_sqlite.h"
#include "tests/storage/temporary_directory.h"

using namespace gatewatch;
using tests::sample_failure;
using tests::sample_result;
using tests::sample_time;

namespace {

class Compaction {
 public:
  Compaction()
      : store_(storage::open_sqlite_store(path_, storage::OpenMode::ReadWrite).value()),
        raw_(path_) {}

  void write(const std::vector<Result>& results) {
    REQUIRE(store_->write({.results = results}).has_value());
    written_.insert(written_.end(), results.begin(), results.end());
  }
  // `count` results of one route, 30 s apart.
  void write_steadily(int first, int count) {
    for (int number = first; number < first + count; ++number) {
      write({sample_result("a", sample_time(30 * number))});
    }
  }
  std::uint64_t compact(std::uint32_t limit = 100'000) {
    return store_->compact_results(limit).value();
  }
  std::string run(const std::string& sql) { return raw_.run(sql); }
  storage::Store& store() { return *store_; }

  void check_all_there() {
    std::ranges::stable_sort(written_, {}, &Result::started);
    CHECK(store_->results({.newest_first = false, .limit = 1'000'000}) == written_);
  }

 private:
  tests::TemporaryDirectory directory_;
  std::string path_ = directory_.file("gatewatch.db");
  std::unique_ptr<storage::Store> store_;
  tests::RawSqlite raw_;
  std::vector<Result> written_;
};

constexpr auto counts =
    "SELECT group_concat(count, ' ') FROM (SELECT count FROM block ORDER BY id)";

}  // namespace

TEST_CASE("a journal becomes spans of one route and region each") {
  Compaction compaction;
  for (int number = 0; number < 10; ++number) {
    compaction.write({sample_result("a", sample_time(number)),
                      sample_result("b", sample_time(number)),
                      sample_failure("a", sample_time(number))});
  }
  CHECK(compaction.run("SELECT count(*), count(route) FROM block") == "10|0\n");
  CHECK(compaction.compact() == 30);
  CHECK(compaction.run("SELECT count(*), count(DISTINCT route || ' ' || region), max(id) "
                       "FROM block") == "3|3|3\n");
  CHECK(compaction.run("SELECT route, region, count(*) FROM results GROUP BY 1, 2") ==
        "a|eu-west|10\na|us-east|10\nb|eu-west|10\n");
  CHECK(compaction.compact() == 0);
}

TEST_CASE("a step moves about as many results as it may") {
  Compaction compaction;
  compaction.write_steadily(0, 25);
  CHECK(compaction.compact(10) == 10);
  compaction.check_all_there();
  CHECK(compaction.compact(10) == 10);
  CHECK(compaction.compact(10) == 5);
  CHECK(compaction.compact(10) == 0);
  compaction.check_all_there();
}

TEST_CASE("the newest span of a route grows until it is full") {
  Compaction compaction;
  for (int step = 0; step < 7; ++step) {
    compaction.write_steadily(100 * step, 100);
    CHECK(compaction.compact() == 100);
  }
  CHECK(compaction.run(counts) == "512 188\n");
  compaction.check_all_there();
}

TEST_CASE("a full span fills a page and no more") {
  Compaction compaction;
  std::vector<Result> results;
  for (int number = 0; number < 1'000; ++number) {
    auto result = sample_result("a", sample_time(30 * number));
    std::int64_t spread = number + 1;
    for (auto& phase : result.timings.phases) {
      spread = spread * 7'919 % 100'003;
      phase = std::chrono::microseconds(spread);
    }
    results.push_back(result);
  }
  compaction.write(results);
  CHECK(compaction.compact() == 1'000);
  CHECK(compaction.run(
            "SELECT count(*) FROM dbstat WHERE name = 'block' AND pagetype = 'overflow'") == "0\n");
  CHECK(compaction.run("SELECT max(payload) > 3900 FROM dbstat WHERE name = 'block'") == "1\n");
  compaction.check_all_there();
}

TEST_CASE("a span lasts a day at most") {
  Compaction compaction;
  for (int hour = 0; hour < 100; ++hour) {
    compaction.write({sample_result("a", sample_time(3'600 * hour))});
    if (hour % 10 == 0) CHECK(compaction.compact() > 0);
  }
  CHECK(compaction.compact() > 0);
  CHECK(compaction.run("SELECT max(to_us - from_us) < 86400000000, count(*) < 8 FROM block") ==
        "1|1\n");
  compaction.check_all_there();
}

TEST_CASE("results that come late find their place") {
  Compaction compaction;
  compaction.write_steadily(100, 50);
  CHECK(compaction.compact() == 50);
  compaction.write_steadily(120, 10);  // the same times once more
  compaction.write_steadily(0, 20);
  CHECK(compaction.compact() == 30);
  compaction.check_all_there();
}

TEST_CASE("what is damaged stays, is reported where it is read, and holds nothing else up") {
  Compaction compaction;
  compaction.write_steadily(0, 10);
  CHECK(compaction.compact() == 10);
  compaction.write_steadily(10, 3);
  compaction.run(
      "UPDATE block SET data = zeroblob(length(data) + 1) WHERE id = 1 OR id = (SELECT min(id) + 1 "
      "FROM block WHERE id >= 1 << 40)");
  CHECK(compaction.compact() == 2);
  CHECK(compaction.run(counts) == "10 2 1\n");
  const auto results = compaction.store().results({});
  REQUIRE_FALSE(results.has_value());
  CHECK(results.error().message.find("a block of results is damaged: its length is wrong") !=
        std::string::npos);
  CHECK(compaction.store().results({.from = sample_time(30 * 12)}).has_value());
  // It goes with the others.
  CHECK(compaction.store().forget_results(sample_time(10'000), 100) == 13u);
  CHECK(compaction.store().results({}) == std::vector<Result>());
}

TEST_CASE("a circumstance stays as long as a block has it") {
  Compaction compaction;
  auto first = sample_result("a", sample_time());
  first.status = 201;
  compaction.write({first});
  compaction.write_steadily(1, 500);
  CHECK(compaction.compact() == 501);
  REQUIRE(compaction.run(counts) == "501\n");
  CHECK(compaction.store().forget_results(sample_time(30 * 500), 1'000) == 0u);
  compaction.check_all_there();
  CHECK(compaction.run("SELECT count(*) FROM circumstance") == "2\n");
  CHECK(compaction.store().forget_results(sample_time(30 * 500 + 7'200), 1'000) == 501u);
  CHECK(compaction.run("SELECT count(*) FROM circumstance") == "0\n");
}

TEST_CASE("failures go with their results") {
  Compaction compaction;
  compaction.write({sample_failure("a", sample_time()), sample_failure("a", sample_time(1))});
  CHECK(compaction.run("SELECT count(*) FROM failure") == "2\n");
  CHECK(compaction.compact() == 2);
  CHECK(compaction.store().forget_results(sample_time(2), 10) == 2u);
  CHECK(compaction.run("SELECT count(*) FROM failure") == "0\n");
}

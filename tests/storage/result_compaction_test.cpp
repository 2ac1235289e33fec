#include "storage/sqlite/result_compaction.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "storage/sqlite/sqlite_store.h"
#include "tests/contracts/records_samples.h"
#include "tests/contracts/rollup_contract.h"
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
  std::uint64_t step(std::uint64_t least = 1) { return store_->compact_results(least).value(); }
  void compact() {
    while (step() > 0) continue;
  }
  void reopen() {
    store_.reset();
    store_ = storage::open_sqlite_store(path_, storage::OpenMode::ReadWrite).value();
  }
  std::string run(const std::string& sql) { return raw_.run(sql); }
  storage::Store& store() { return *store_; }

  void check_all_there() {
    std::ranges::stable_sort(written_, {}, &Result::started);
    CHECK(store_->results({.newest_first = false, .limit = 1'000'000}) ==
          tests::without_evidence(written_));
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

TEST_CASE("a journal becomes a partition, and that spans of one route and region each") {
  Compaction compaction;
  for (int number = 0; number < 10; ++number) {
    compaction.write({sample_result("a", sample_time(number)),
                      sample_result("b", sample_time(number)),
                      sample_failure("a", sample_time(number))});
  }
  CHECK(compaction.run("SELECT count(*), count(route) FROM block") == "10|0\n");
  CHECK(compaction.step() == 30);
  CHECK(compaction.run("SELECT count(*), count(route) FROM block") == "1|0\n");
  compaction.check_all_there();
  CHECK(compaction.step() == 30);
  CHECK(compaction.run("SELECT count(*), count(DISTINCT route || ' ' || region), max(id) "
                       "FROM block") == "3|3|3\n");
  CHECK(compaction.run("SELECT route, region, count(*) FROM results GROUP BY 1, 2") ==
        "a|eu-west|10\na|us-east|10\nb|eu-west|10\n");
  CHECK(compaction.step() == 0);
}

TEST_CASE("routes far from each other have partitions of their own") {
  Compaction compaction;
  std::vector<Result> results;
  for (int number = 0; number < 200; ++number) {
    results.push_back(sample_result("route " + std::to_string(number), sample_time(number)));
  }
  compaction.write(results);
  CHECK(compaction.step() == 200);
  CHECK(compaction.run(counts) == "63 64 64 9\n");
  compaction.check_all_there();
  const auto of_route = [&](const std::string& route) {
    return compaction.store().results({.route = route}).value();
  };
  CHECK(of_route("route 0") == std::vector{results.front()});
  CHECK(of_route("route 199") == std::vector{results.back()});
  compaction.compact();
  CHECK(compaction.run("SELECT count(*), count(route) FROM block") == "200|200\n");
  compaction.check_all_there();
}

TEST_CASE("what lies together is compacted once it is enough, by steps that end") {
  Compaction compaction;
  const auto write = [&compaction](int count) {
    compaction.write(
        std::vector(static_cast<std::size_t>(count), sample_result("a", sample_time())));
  };
  write(5'000);
  CHECK(compaction.step(5'001) == 0);
  write(5'000);
  write(5'000);
  CHECK(compaction.step(5'001) >= 8'192);
  CHECK(compaction.step(5'001) >= 5'001);  // the rest, or a partition
  compaction.compact();
  CHECK(compaction.run("SELECT sum(count), count(route) = count(*) FROM block") == "15000|1\n");
  CHECK(compaction.step(1) == 0);
}

TEST_CASE("what another process left is found") {
  Compaction compaction;
  compaction.write_steadily(0, 10);
  compaction.reopen();
  CHECK(compaction.step(11) == 0);
  CHECK(compaction.step(10) == 10);
  compaction.write_steadily(10, 10);
  compaction.reopen();
  compaction.compact();
  CHECK(compaction.run(counts) == "20\n");
  compaction.check_all_there();
}

TEST_CASE("the newest span of a route grows until it is full") {
  Compaction compaction;
  for (int step = 0; step < 7; ++step) {
    compaction.write_steadily(100 * step, 100);
    compaction.compact();
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
  compaction.compact();
  CHECK(compaction.run(
            "SELECT count(*) FROM dbstat WHERE name = 'block' AND pagetype = 'overflow'") == "0\n");
  CHECK(compaction.run("SELECT max(payload) > 3900 FROM dbstat WHERE name = 'block'") == "1\n");
  compaction.check_all_there();
}

TEST_CASE("a span lasts a day at most") {
  Compaction compaction;
  for (int hour = 0; hour < 100; ++hour) {
    compaction.write({sample_result("a", sample_time(3'600 * hour))});
    if (hour % 10 == 0) compaction.compact();
  }
  compaction.compact();
  CHECK(compaction.run("SELECT max(to_us - from_us) < 86400000000, count(*) < 8 FROM block") ==
        "1|1\n");
  compaction.check_all_there();
}

TEST_CASE("results that come late find their place") {
  Compaction compaction;
  compaction.write_steadily(100, 50);
  compaction.compact();
  compaction.write_steadily(120, 10);  // the same times once more
  compaction.write_steadily(0, 20);
  compaction.compact();
  compaction.check_all_there();
}

TEST_CASE("what is damaged stays, is reported where it is read, and holds nothing else up") {
  Compaction compaction;
  compaction.write_steadily(0, 10);
  compaction.compact();
  compaction.write_steadily(10, 3);
  compaction.run(
      "UPDATE block SET data = zeroblob(length(data) + 1) WHERE id = 1 OR id = (SELECT max(id) - 1 "
      "FROM block)");
  compaction.compact();
  CHECK(compaction.run(counts) == "10 2 1\n");
  const auto results = compaction.store().results({});
  REQUIRE_FALSE(results.has_value());
  CHECK(results.error().message.find("a block of results is damaged: its length is wrong") !=
        std::string::npos);
  CHECK(compaction.store().results({.from = sample_time(30 * 12)}).has_value());
  // It goes with the others.
  tests::roll_up(compaction.store());
  CHECK(compaction.store().forget_results(sample_time(10'000), 100) == 13u);
  CHECK(compaction.store().results({}) == std::vector<Result>());
}

TEST_CASE("a circumstance stays as long as a block has it") {
  Compaction compaction;
  auto first = sample_result("a", sample_time());
  first.status = 201;
  compaction.write({first});
  compaction.write_steadily(1, 500);
  compaction.compact();
  REQUIRE(compaction.run(counts) == "501\n");
  tests::roll_up(compaction.store());
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
  compaction.compact();
  tests::roll_up(compaction.store());
  CHECK(compaction.store().forget_results(sample_time(2), 10) == 2u);
  CHECK(compaction.run("SELECT count(*) FROM failure") == "0\n");
}

// What results cost to store and to read: bytes of the file and processor time a result, beside a
// table with one row a result (layout 1). 1,000 routes for so many hours and 10,000 for a tenth of
// them, a result each 30 s in batches of 250 ms, with times as real servers have them.
//
//   bench_storage DIRECTORY [HOURS]

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <sqlite3.h>

#include "storage/recorder.h"
#include "storage/sqlite/sqlite_store.h"
#include "tests/bench/traffic.h"

using namespace gatewatch;
using namespace gatewatch::bench;

namespace {

constexpr std::chrono::microseconds interval = std::chrono::seconds(30);
constexpr std::chrono::microseconds batch_time = std::chrono::milliseconds(250);
constexpr std::uint64_t compact_results = storage::RecorderLimits().compact_results;

// Layout 1 as far as it costs: the same columns and indexes, numbers for what is shared.
class RowStore {
 public:
  explicit RowStore(const std::string& path) {
    require(sqlite3_open(path.c_str(), &database_) == SQLITE_OK, "cannot open the rows");
    run("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE result (id INTEGER "
        "PRIMARY KEY, started_us, route, region, kind, outcome, reason, status, last_phase, "
        "dns_us, connect_us, tls_us, send_us, wait_us, receive_us, body_size, redirects, remote, "
        "http_version, tls_version, tls_cipher, certificate, cert_expiring, trace_id, detail, "
        "response_head); CREATE INDEX result_by_route ON result (route, started_us); CREATE INDEX "
        "result_by_time ON result (started_us); CREATE INDEX result_by_certificate ON result "
        "(certificate) WHERE certificate IS NOT NULL");
    const auto* const insert =
        "INSERT INTO result VALUES (NULL, ?1, ?2, 1, 2, 3, 4, ?3, 5, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
        "0, ?11, ?12, 6, 7, ?13, 0, ?14, ?15, ?16)";
    require(sqlite3_prepare_v2(database_, insert, -1, &add_, nullptr) == SQLITE_OK, "bad SQL");
  }
  ~RowStore() {
    sqlite3_finalize(add_);
    sqlite3_close(database_);
  }
  RowStore(const RowStore&) = delete;
  RowStore& operator=(const RowStore&) = delete;

  void write(const std::vector<Result>& results) {
    run("BEGIN IMMEDIATE");
    for (const auto& result : results) add(result);
    run("COMMIT");
  }

 private:
  void run(const char* sql) {
    require(sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) == SQLITE_OK, sql);
  }
  void add(const Result& result) {
    int index = 0;
    const auto number = [&](std::int64_t value) { sqlite3_bind_int64(add_, ++index, value); };
    const auto text = [&](const std::string& value) {
      sqlite3_bind_text(add_, ++index, value.data(), static_cast<int>(value.size()),
                        SQLITE_TRANSIENT);
    };
    number(result.started.time_since_epoch().count());
    number(std::atoi(result.route.c_str() + 10));
    number(result.status);
    for (const auto phase : result.timings.phases) number(phase.count());
    number(static_cast<std::int64_t>(result.body_size));
    text(result.remote->text());
    text(result.http_version);
    number(result.route.back() - '0');
    text(result.trace_id);
    text(result.detail);
    text(result.evidence ? result.evidence->head : std::string());
    require(sqlite3_step(add_) == SQLITE_DONE, "a row was refused");
    sqlite3_reset(add_);
  }

  sqlite3* database_ = nullptr;
  sqlite3_stmt* add_ = nullptr;
};

struct Cost {
  std::uint64_t results = 0;
  double seconds = 0;
};

// Writes the minutes' results in batches of 250 ms.
template <typename Write>
Cost write_all(int routes, std::chrono::minutes length, Write write) {
  Traffic traffic(routes, interval, batch_time);
  Cost cost;
  for (std::chrono::microseconds time{}; time < length; time += batch_time) {
    auto results = traffic.batch(time);
    cost.results += results.size();
    const auto before = processor_seconds();
    write(std::move(results));
    cost.seconds += processor_seconds() - before;
  }
  return cost;
}

void report(const char* what, const std::string& path, const Cost& cost) {
  std::printf(
      "%-40s %6.1f bytes and %5.2f us of processor time a result\n", what,
      static_cast<double>(std::filesystem::file_size(path)) / static_cast<double>(cost.results),
      cost.seconds * 1e6 / static_cast<double>(cost.results));
}

void ask(storage::Store& store, const char* what, const storage::ResultQuery& query) {
  for (int round = 0; round < 2; ++round) {
    const auto before = processor_seconds();
    const auto results = store.results(query);
    require(results.has_value(), "a question failed");
    std::printf("%-40s %6zu results in %6.2f ms%s\n", what, results->size(),
                (processor_seconds() - before) * 1e3, round == 0 ? "" : ", again");
  }
}

void measure_blocks(const std::string& path, int routes, std::chrono::minutes length) {
  {
    auto store = storage::open_sqlite_store(path, storage::OpenMode::ReadWrite);
    require(store.has_value(), "cannot open the store");
    double compacting = 0;
    double longest = 0;
    // What the recorder does.
    auto cost = write_all(routes, length, [&](std::vector<Result> results) {
      require((*store)->write({.results = std::move(results)}).has_value(), "not written");
      for (std::uint64_t moved = 1; moved > 0;) {
        const auto before = processor_seconds();
        const auto compacted = (*store)->compact_results(compact_results);
        require(compacted.has_value(), "not compacted");
        moved = *compacted;
        const auto took = processor_seconds() - before;
        compacting += took;
        longest = std::max(longest, took);
      }
    });
    const auto name = "blocks of " + std::to_string(routes) + " routes";
    store->reset();
    report(name.c_str(), path, cost);
    std::printf("%-40s %5.2f us a result, %.1f ms the longest step\n", "  compacting among it",
                compacting * 1e6 / static_cast<double>(cost.results), longest * 1e3);
  }
  auto store = storage::open_sqlite_store(path, storage::OpenMode::ReadOnly);
  require(store.has_value(), "cannot open the store");
  const auto end = traffic_begin + length;
  ask(**store, "a day of one route",
      {.route = "shop/page-500", .from = end - std::chrono::days(1), .limit = 100'000});
  ask(**store, "the newest 100 of one route", {.route = "shop/page-500", .limit = 100});
  ask(**store, "the newest 100 of all", {.limit = 100});
  ask(**store, "the last ten minutes of all",
      {.from = end - std::chrono::minutes(10), .newest_first = false, .limit = 10'000'000});
}

}  // namespace

int main(int argc, char** argv) {
  require(argc >= 2, "bench_storage DIRECTORY [HOURS]");
  const std::string directory = argv[1];
  const std::chrono::minutes length = std::chrono::hours(argc > 2 ? std::atoi(argv[2]) : 24);
  {
    const auto path = directory + "/rows.db";
    Cost cost;
    {
      RowStore rows(path);
      cost = write_all(1'000, length,
                       [&](const std::vector<Result>& results) { rows.write(results); });
    }
    report("rows of 1000 routes", path, cost);
  }
  measure_blocks(directory + "/blocks.db", 1'000, length);
  measure_blocks(directory + "/blocks-busy.db", 10'000, length / 10);
  return 0;
}

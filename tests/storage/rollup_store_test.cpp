// Rollups in the SQLite store: the contract, the views, the questions' way to their rows, older
// files and damaged ones.

#include <map>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "storage/sqlite/schema.h"
#include "storage/sqlite/sqlite_store.h"
#include "tests/contracts/records_samples.h"
#include "tests/contracts/rollup_contract.h"
#include "tests/storage/layouts.h"
#include "tests/storage/raw_sqlite.h"
#include "tests/storage/rollup_samples.h"
#include "tests/storage/temporary_directory.h"

using namespace gatewatch;
using namespace std::chrono_literals;
using storage::RollupStep;
using tests::RawSqlite;
using tests::rollup_noon;

namespace {

std::unique_ptr<storage::Store> open_store(const std::string& path) {
  auto store = storage::open_sqlite_store(path, storage::OpenMode::ReadWrite);
  REQUIRE(store.has_value());
  return std::move(*store);
}

// Some hours of a route, from one region a seed.
std::vector<Result> some_results(unsigned seed) {
  std::vector<Result> results;
  for (int hour = 0; hour < 3; ++hour) {
    for (const auto& sample : tests::some_rollup_samples(seed + static_cast<unsigned>(hour))) {
      Result result;
      result.started = sample.sample.started + hour * 1h;
      result.route = "shop/cart";
      result.region = fmt::format("region-{}", seed);
      result.kind = sample.kind;
      result.interval = sample.sample.interval;
      result.outcome = sample.sample.outcome;
      result.status = sample.status;
      result.timings[Phase::Wait] = sample.duration;
      results.push_back(std::move(result));
    }
  }
  return results;
}

std::string number_or_nothing(std::optional<std::chrono::microseconds> duration) {
  return duration ? fmt::format("{}", duration->count()) : "";
}

// As the view has it, from `results` on.
std::string row_of(const storage::StoredRollup& stored, RollupStep step) {
  const auto& rollup = stored.rollup;
  std::map<std::string, std::uint64_t> outcomes;
  std::map<int, std::uint64_t> statuses;
  for (const auto& [answer, count] : rollup.answers) {
    outcomes[std::string(outcome_row(answer.outcome).name)] += count;
    statuses[answer.status] += count;
  }
  std::string counted;
  for (const auto& [name, count] : outcomes) counted += fmt::format("{}={} ", name, count);
  for (const auto& [status, count] : statuses) counted += fmt::format("{}={} ", status, count);
  auto row =
      fmt::format("{}|shop/cart|{}|{}|{}|{}|{}", stored.begin.time_since_epoch().count(),
                  stored.region, rollup.results(), rollup.scheduled(), rollup.good(), counted);
  for (const auto percent : {50U, 95U, 99U}) {
    if (step != RollupStep::Day) row += "|" + number_or_nothing(rollup.latency.quantile(percent));
  }
  if (step != RollupStep::Minute) {
    row += fmt::format("|{}|{}|{}|{}", rollup.uptime.known.count(), rollup.uptime.up.count(),
                       number_or_nothing(rollup.shortest), number_or_nothing(rollup.longest));
  }
  return row + "\n";
}

// The columns in the same form; JSON objects as "key=count " in the order of their keys.
constexpr auto view_columns =
    "start_us, route, region, results, scheduled, good, "
    "(SELECT ifnull(group_concat(key || '=' || value || ' ', ''), '') FROM "
    "(SELECT key, value FROM json_each(outcomes) ORDER BY key)) || "
    "(SELECT ifnull(group_concat(key || '=' || value || ' ', ''), '') FROM "
    "(SELECT key, value FROM json_each(statuses) ORDER BY CAST(key AS INTEGER)))";

}  // namespace

TEST_CASE("a SQLite store keeps the contract of rollups") {
  const tests::TemporaryDirectory directory;
  tests::check_rollup_contract([&] { return open_store(directory.file("gatewatch.db")); });
}

TEST_CASE("the views show every number that the program reads, to the sqlite3 program too") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  const auto store = open_store(path);
  for (unsigned seed = 1; seed < 6; ++seed) {
    auto results = some_results(seed);
    for (std::size_t index = 0; index < results.size(); index += 9) {
      results[index].maintenance = true;
    }
    REQUIRE(store->write({.results = results}).has_value());
    // Of the day after: the hours between have what the last result stands for.
    results.back().started += 20h;
    REQUIRE(store->write({.results = {results.back()}}).has_value());
  }
  tests::roll_up(*store, rollup_noon + 2h + 40min);
  const auto one_day = tests::RawSqlite(path).run("SELECT count(*) FROM rollups_day");
  CHECK(one_day == "5\n");
  tests::roll_up(*store, rollup_noon + 48h);
  for (const auto& [step, view, more] :
       {std::tuple(RollupStep::Day, "rollups_day", ", known_us, up_us, min_us, max_us"),
        std::tuple(RollupStep::Hour, "rollups_hour",
                   ", p50_us, p95_us, p99_us, known_us, up_us, min_us, max_us"),
        std::tuple(RollupStep::Minute, "rollups_minute", ", p50_us, p95_us, p99_us")}) {
    std::string expected;
    const auto rollups = store->rollups({.route = "shop/cart",
                                         .step = step,
                                         .from = rollup_noon - 24h,
                                         .before = rollup_noon + 36h});
    REQUIRE(!rollups.value().empty());
    for (const auto& rollup : *rollups) expected += row_of(rollup, step);
    const auto sql =
        fmt::format("SELECT {}{} FROM {} ORDER BY start_us, region", view_columns, more, view);
    CHECK(RawSqlite(path).run(sql) == expected);
    CHECK(tests::run_sqlite3_program(path, sql) == expected);
  }
  RawSqlite raw(path);
  CHECK(raw.run("SELECT min(start), max(start) FROM rollups_hour") ==
        "2026-11-20T12:00:00Z|2026-11-21T11:00:00Z\n");
  CHECK(raw.run("SELECT min(start), max(start) FROM rollups_minute") ==
        "2026-11-20T12:00:00Z|2026-11-21T10:59:00Z\n");
  CHECK(raw.run("SELECT count(*) = sum(us = (CASE WHEN n < 64 THEN n ELSE us END)) FROM "
                "latency_bucket") == "1\n");
  for (storage::LatencyBucket bucket = 0; bucket < storage::latency_bucket_count; ++bucket) {
    REQUIRE(raw.run(fmt::format("SELECT us FROM latency_bucket WHERE n = {}", bucket)) ==
            fmt::format("{}\n", storage::bucket_latency(bucket).count()));
  }
}

TEST_CASE("a condition on route reaches the rollups of that route alone") {
  RawSqlite raw(":memory:");
  raw.run(storage::sqlite::schema_sql);
  for (const auto* const view : {"hour", "minute", "day"}) {
    const auto plan = raw.run(fmt::format(
        "EXPLAIN QUERY PLAN SELECT start, results, good FROM rollups_{} WHERE route = 'a'", view));
    CAPTURE(plan);
    const std::string table = view == std::string_view("minute") ? "minute" : "hour";
    CHECK(
        plan.find("SEARCH " + table + "_rollup USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)") !=
        std::string::npos);
    CHECK(plan.find("SCAN " + table) == std::string::npos);
    CHECK(plan.find("sqlite_autoindex_series_1 (route=?)") != std::string::npos);
  }
}

TEST_CASE("a file of layout 2 gets rollups of all that it holds") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  const auto results = some_results(3);
  {
    // Its results as they lie in a file of ours, in spans, a partition and the journal.
    const auto other = directory.file("other.db");
    const auto store = open_store(other);
    const auto third = static_cast<std::ptrdiff_t>(results.size() / 3);
    for (std::ptrdiff_t part = 0; part < 3; ++part) {
      const auto end = part == 2 ? results.end() : results.begin() + (part + 1) * third;
      REQUIRE(store->write({.results = {results.begin() + part * third, end}}).has_value());
      for (auto step = part; step < 2; ++step) REQUIRE(store->compact_results(1).value() > 0);
    }
    RawSqlite raw(path);
    raw.run(tests::layout_sql(2) + "ATTACH '" + other + "' AS other");
    for (const auto* const table : {"route", "region", "word", "block"}) {
      raw.run(fmt::format("INSERT INTO main.{0} SELECT * FROM other.{0}", table));
    }
    raw.run("INSERT INTO main.failure SELECT id, trace_id, detail, '' FROM other.failure");
    raw.run(
        "INSERT INTO main.circumstance SELECT id, route, region, kind, outcome, reason, status, "
        "last_phase, redirects, remote, http_version, tls_version, tls_cipher, certificate, "
        "cert_expiring, until_us FROM other.circumstance");
  }
  const auto store = open_store(path);
  RawSqlite raw(path);
  tests::check_current_layout(raw);
  CHECK(store->forget_results(rollup_noon + 24h, 1'000) == 0u);

  tests::roll_up(*store);
  const auto totals =
      "SELECT count(DISTINCT start), sum(results), sum(value) FROM rollups_hour, "
      "json_each(outcomes)";
  CHECK(raw.run("SELECT sum(results) FROM rollups_hour") == fmt::format("{}\n", results.size()));
  const auto before = raw.run(totals);
  tests::roll_up(*store);
  CHECK(raw.run(totals) == before);
  CHECK(store->forget_results(rollup_noon + 24h, 1'000).value() > 0);
}

TEST_CASE("a rollup that is damaged is an error, a block that is damaged is left out") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  const auto store = open_store(path);
  REQUIRE(store->write({.results = some_results(1)}).has_value());
  tests::roll_up(*store);
  RawSqlite raw(path);
  const auto ask = [&](RollupStep step) {
    return store->rollups({.route = "shop/cart",
                           .step = step,
                           .from = rollup_noon - 24h,
                           .before = rollup_noon + 24h});
  };
  const auto check_damage = [&](RollupStep step) {
    const auto found = ask(step);
    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().message.find("a rollup cannot be read") != std::string::npos);
    CHECK(found.error().message.find(path) != std::string::npos);
  };
  raw.run("UPDATE hour_rollup SET sketch = x'ffff'");
  check_damage(RollupStep::Hour);
  raw.run("UPDATE hour_rollup SET sketch = x'', answers = 'none'");
  check_damage(RollupStep::Hour);
  raw.run("UPDATE minute_rollup SET step = -5");
  check_damage(RollupStep::Minute);
  raw.run("UPDATE day_span SET data = x'01'");
  check_damage(RollupStep::Day);
  CHECK_FALSE(store->histories({.first_day = std::chrono::floor<std::chrono::days>(rollup_noon)})
                  .has_value());

  // Retention goes on, and the days are made again of hours that can be read.
  REQUIRE(store->write({.results = {tests::sample_result("other", rollup_noon)}}).has_value());
  raw.run(
      "UPDATE block SET data = zeroblob(length(data) + 1) WHERE id = (SELECT max(id) FROM "
      "block)");
  tests::roll_up(*store);
  CHECK(raw.run("SELECT count(*) FROM rollup_due") == "0\n");
  CHECK(ask(RollupStep::Day)->size() == 1);
}

TEST_CASE("a result is kept as long as it stands in an hour that is yet to be rolled up") {
  const tests::TemporaryDirectory directory;
  const auto store = open_store(directory.file("gatewatch.db"));
  Result result;
  result.started = rollup_noon;
  result.route = "slow/route";
  result.region = "local";
  result.interval = 12h;
  REQUIRE(store->write({.results = {result}}).has_value());
  tests::roll_up(*store, rollup_noon + 5h);
  CHECK(store->forget_results(rollup_noon + 100h, 100) == 0);
  tests::roll_up(*store, rollup_noon + 30h);
  const auto known_in = [&](std::chrono::hours after) {
    const auto hours = store->rollups({.route = "slow/route",
                                       .step = RollupStep::Hour,
                                       .from = rollup_noon + after,
                                       .before = rollup_noon + after + 1h});
    REQUIRE(hours.has_value());
    return hours->empty() ? 0us : hours->at(0).rollup.uptime.known;
  };
  CHECK(known_in(20h) == 1h);
  CHECK(store->forget_results(rollup_noon + 100h, 100) == 1);
  CHECK(known_in(20h) == 1h);
}

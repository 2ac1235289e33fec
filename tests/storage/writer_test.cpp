// How the recorder's thread keeps house between batches. recorder_test.cpp has the batches.

#include <algorithm>
#include <limits>
#include <thread>

#include <doctest/doctest.h>

#include "storage/recorder.h"
#include "storage/sqlite/sqlite_store.h"
#include "tests/contracts/records_samples.h"
#include "tests/storage/gated_store.h"
#include "tests/storage/temporary_directory.h"

using namespace gatewatch;
using namespace gatewatch::storage;
using namespace std::chrono_literals;
using tests::Gate;
using tests::sample_result;
using tests::sample_step;
using tests::sample_time;
using tests::Seen;

namespace {

// A batch that time alone would never end: what a test sees written was written for its own reason.
constexpr RecorderLimits patient{.batch = 1h, .retry = 1ms};

}  // namespace

TEST_CASE("forgetting goes in steps until nothing is left, and in turns with writing") {
  struct Kind {
    void (*keep)(Gate& gate, std::uint32_t count);
    void (*forget)(Recorder& recorder, Timestamp before);
    std::vector<std::uint32_t> Seen::* forgotten;
  };
  for (const auto& [keep, forget, forgotten] :
       {Kind{[](Gate& gate, std::uint32_t count) { gate.keep_old(count); },
             [](Recorder& recorder, Timestamp before) { recorder.forget_results(before); },
             &Seen::forgotten},
        Kind{[](Gate& gate, std::uint32_t count) { gate.keep_old_evidence(count); },
             [](Recorder& recorder, Timestamp before) { recorder.forget_evidence(before, 1'000); },
             &Seen::forgotten_evidence}}) {
    const auto steps = [forgotten = forgotten](std::size_t count) {
      return [forgotten, count](const Seen& seen) { return (seen.*forgotten).size() == count; };
    };
    Gate gate;
    keep(gate, 25);
    auto limits = patient;
    limits.forget_results = 10;
    limits.forget_evidence = 10;
    auto recorder = Recorder::start(gate.store(), limits, nullptr).value();
    gate.hold();
    forget(recorder, sample_time());
    REQUIRE(gate.wait_until([](const Seen& seen) { return seen.calls == 1; }));
    recorder.submit(sample_step(1, 1));
    gate.release();
    REQUIRE(gate.wait_until(steps(3)));
    CHECK(gate.seen().*forgotten == std::vector<std::uint32_t>{10, 10, 5});
    CHECK(recorder.flush(1min));

    // A step that fails is tried again.
    keep(gate, 15);
    gate.fail(1);
    forget(recorder, sample_time(10));
    REQUIRE(gate.wait_until(steps(5)));
    CHECK(recorder.statistics().failed_writes == 1);
  }
}

TEST_CASE("writing goes on between the steps of a long forgetting") {
  Gate gate;
  gate.keep_old(1'000'000'000);
  auto limits = patient;
  limits.forget_results = 1;
  auto recorder = Recorder::start(gate.store(), limits, nullptr).value();
  recorder.forget_results(sample_time());
  for (std::int64_t sequence = 1; sequence <= 10; ++sequence) {
    recorder.submit(sample_step(1, sequence));
    REQUIRE(recorder.flush(1min));
  }
  const auto seen = gate.seen();
  CHECK(std::ranges::count(seen.forgotten, 0u) == 0);  // it was not over yet
}

TEST_CASE("results are compacted after a batch, step by step while enough lie together") {
  Gate gate;
  gate.keep_loose(25);
  auto limits = patient;
  limits.compact_results = 10;
  auto recorder = Recorder::start(gate.store(), limits, nullptr).value();
  recorder.submit(sample_result("a", sample_time()));
  REQUIRE(recorder.flush(1min));
  REQUIRE(gate.wait_until([](const Seen& seen) { return seen.compacted.size() == 3; }));
  CHECK(gate.seen().compacted == std::vector<std::uint64_t>{10, 10, 0});
  recorder.submit(sample_result("a", sample_time(1)));
  REQUIRE(recorder.flush(1min));
  REQUIRE(gate.wait_until([](const Seen& seen) { return seen.compacted.size() == 4; }));
}

TEST_CASE("writing goes on between the steps of a long compacting") {
  Gate gate;
  gate.keep_loose(std::numeric_limits<std::uint64_t>::max());
  auto limits = patient;
  limits.compact_results = 1;
  auto recorder = Recorder::start(gate.store(), limits, nullptr).value();
  for (int number = 0; number < 10; ++number) {
    recorder.submit(sample_result("a", sample_time(number)));
    REQUIRE(recorder.flush(1min));
  }
  const auto seen = gate.seen();
  CHECK(seen.batches.size() == 10);
  CHECK(std::ranges::count(seen.compacted, 0u) == 0);  // it was not over yet
}

TEST_CASE("a failure to compact is counted, is tried again later, and holds no batch up") {
  Gate gate;
  gate.fail_compacting(1);
  auto limits = patient;
  limits.retry = 1h;
  SUBCASE("not before its time") {
    auto recorder = Recorder::start(gate.store(), limits, nullptr).value();
    for (int number = 1; number <= 3; ++number) {
      recorder.submit(sample_step(1, number));
      REQUIRE(recorder.flush(1min));
    }
    CHECK(gate.seen().batches.size() == 3);
    CHECK(gate.seen().compacted.empty());
    CHECK(recorder.statistics().failed_writes == 1);
  }
  SUBCASE("then it is") {
    limits.compact_retry = 0ms;
    auto recorder = Recorder::start(gate.store(), limits, nullptr).value();
    recorder.submit(sample_step(1, 1));
    REQUIRE(recorder.flush(1min));
    recorder.submit(sample_step(1, 2));
    REQUIRE(recorder.flush(1min));
    REQUIRE(gate.wait_until([](const Seen& seen) { return seen.compacted.size() == 1; }));
  }
}

TEST_CASE("the size of the store is known from the start on and after old results went") {
  Gate gate;
  gate.keep_old(7);
  auto recorder = Recorder::start(gate.store(), patient, nullptr).value();
  // What is written is written after what was asked before.
  recorder.submit(sample_result("shop/cart", sample_time()));
  CHECK(recorder.flush(1min));
  CHECK(recorder.statistics().sizes.records == 1007);
  recorder.forget_results(sample_time());
  CHECK(gate.wait_until([](const Seen& seen) { return !seen.forgotten.empty(); }));
  recorder.submit(sample_result("shop/cart", sample_time()));
  CHECK(recorder.flush(1min));
  CHECK(recorder.statistics().sizes.records == 1000);
}

TEST_CASE("a database that is too large is made smaller in steps, in turns with writing") {
  Gate gate;
  gate.keep_old(2'500);  // a byte each, beside 1,000
  gate.keep_old_evidence(300);
  auto limits = patient;
  limits.measure = 0ms;
  auto recorder = Recorder::start(gate.store(), limits, nullptr).value();
  recorder.limit_size(2'000);
  recorder.submit(sample_step(1, 1));
  REQUIRE(gate.wait_until([](const Seen& seen) { return seen.forgotten.size() == 2; }));
  REQUIRE(recorder.flush(1min));
  CHECK(gate.seen().forgotten == std::vector<std::uint32_t>{1'000, 1'000});
  CHECK(gate.seen().forgotten_evidence.empty());
  recorder.limit_size(100);  // which cannot be reached
  REQUIRE(gate.wait_until([](const Seen& seen) { return seen.forgotten_evidence.size() == 3; }));
  CHECK(gate.seen().forgotten == std::vector<std::uint32_t>{1'000, 1'000, 500, 0, 0, 0});
  CHECK(gate.seen().forgotten_evidence == std::vector<std::uint32_t>{200, 100, 0});
  REQUIRE(gate.wait_until([](const Seen& seen) { return !seen.rollups_forgotten.empty(); }));
  CHECK(gate.seen().rollups_forgotten == std::vector<Timestamp>{Timestamp::max()});
  recorder.submit(sample_step(1, 2));
  REQUIRE(recorder.flush(1min));
  CHECK(recorder.statistics().sizes.records == 1'000);
}

TEST_CASE("a database that is too large stays so while results are rolled up, which go first") {
  Gate gate;
  gate.keep_due(1'000'000'000);
  gate.keep_old(5);
  gate.keep_old_evidence(5);
  auto limits = patient;
  limits.measure = 0ms;
  auto recorder = Recorder::start(gate.store(), limits, nullptr).value();
  recorder.roll_up(sample_time(7));
  recorder.limit_size(1'000);
  recorder.submit(sample_step(1, 1));
  REQUIRE(recorder.flush(1min));
  recorder.submit(sample_step(1, 2));  // housekeeping follows each write
  REQUIRE(recorder.flush(1min));
  CHECK(gate.seen().forgotten.empty());
  CHECK(gate.seen().forgotten_evidence.empty());
  gate.keep_due(0);
  REQUIRE(gate.wait_until([](const Seen& seen) { return !seen.forgotten_evidence.empty(); }));
  CHECK(gate.seen().forgotten.front() == 5);
}

TEST_CASE(
    "rolling up goes in steps, before forgetting, until nothing is due, and again where it fails") {
  Gate gate;
  gate.keep_due(3);
  gate.keep_old(5);
  auto recorder = Recorder::start(gate.store(), patient, nullptr).value();
  recorder.roll_up(sample_time(7));
  CHECK(gate.wait_until([](const Seen& seen) { return seen.rolled_up.size() == 4; }));
  recorder.forget_rollups(sample_time(3));
  CHECK(gate.wait_until([](const Seen& seen) { return seen.rollups_forgotten.size() == 1; }));
  CHECK(gate.seen().rolled_up == std::vector<Timestamp>(4, sample_time(7)));
  CHECK(gate.seen().rollups_forgotten.front() == sample_time(3));

  gate.keep_due(3);
  gate.fail_rolling_up(1);
  recorder.roll_up(sample_time(8));
  CHECK(gate.wait_until([](const Seen& seen) { return seen.rolled_up.size() == 9; }));
  CHECK(gate.seen().rolled_up.back() == sample_time(8));
  CHECK(recorder.statistics().failed_writes == 1);
  CHECK(recorder.statistics().last_error.empty());
  recorder.forget_results(sample_time());
  CHECK(gate.wait_until([](const Seen& seen) { return !seen.forgotten.empty(); }));
}

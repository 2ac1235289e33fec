#include "storage/recorder.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <map>
#include <thread>

#include <doctest/doctest.h>

#include "storage/sqlite/sqlite_store.h"
#include "tests/contracts/records_samples.h"
#include "tests/fakes/thread_famine.h"
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

std::size_t result_count(const Seen& seen) {
  std::size_t count = 0;
  for (const auto& batch : seen.batches) count += batch.results.size();
  return count;
}

std::vector<std::uint64_t> body_sizes(const Seen& seen) {
  std::vector<std::uint64_t> sizes;
  for (const auto& batch : seen.batches)
    for (const auto& result : batch.results) sizes.push_back(result.body_size);
  return sizes;
}

Result numbered(std::uint64_t number) {
  auto result = sample_result("shop/cart", sample_time());
  result.body_size = number;
  return result;
}

DeliveryRecord delivery(const std::string& key) {
  DeliveryRecord record;
  record.key = key;
  return record;
}

}  // namespace

TEST_CASE("results are written together once the first has waited for the batch's time") {
  Gate gate;
  auto recorder = Recorder::start(gate.store(), {.batch = 1ms}, nullptr).value();
  recorder.submit(numbered(1));
  recorder.submit(numbered(2));
  CHECK(gate.wait_until([](const Seen& seen) { return result_count(seen) == 2; }));
}

TEST_CASE("a full batch is written at once, and no transaction holds more") {
  Gate gate;
  auto limits = patient;
  limits.batch_results = 3;
  auto recorder = Recorder::start(gate.store(), limits, nullptr).value();
  gate.hold();
  for (std::uint64_t number = 1; number <= 7; ++number) recorder.submit(numbered(number));
  gate.release();
  CHECK(gate.wait_until([](const Seen& seen) { return seen.batches.size() == 2; }));
  REQUIRE(recorder.flush(1min));
  CHECK(body_sizes(gate.seen()) == std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 7});
  CHECK(gate.seen().batches.size() == 3);
}

TEST_CASE("a step and a delivery are written at once, with the results before them") {
  Gate gate;
  auto recorder = Recorder::start(gate.store(), patient, nullptr).value();
  recorder.submit(numbered(1));
  recorder.submit(sample_step(1, 1));
  CHECK(gate.wait_until([](const Seen& seen) { return seen.batches.size() == 1; }));
  recorder.submit(delivery("a"));
  CHECK(gate.wait_until([](const Seen& seen) { return seen.batches.size() == 2; }));
  const auto seen = gate.seen();
  CHECK(seen.batches[0].results.size() == 1);
  CHECK(seen.batches[0].steps == std::vector{sample_step(1, 1)});
  CHECK(seen.batches[1].deliveries == std::vector{delivery("a")});
}

TEST_CASE("steps are told on the writer's thread, once they are durable, in their order") {
  Gate gate;
  std::vector<std::int64_t> told;
  std::thread::id teller;
  bool was_durable = true;
  const auto tell = [&](const std::vector<IncidentStep>& steps) {
    teller = std::this_thread::get_id();
    for (const auto& step : steps) {
      told.push_back(step.event.sequence);
      was_durable = was_durable && gate.seen().batches.back().steps.back() == steps.back();
    }
  };
  auto recorder = Recorder::start(gate.store(), patient, tell).value();
  for (std::int64_t sequence = 1; sequence <= 5; ++sequence)
    recorder.submit(sample_step(1, sequence));
  recorder.submit(numbered(1));  // batches without steps tell nothing
  REQUIRE(recorder.flush(1min));
  CHECK(told == std::vector<std::int64_t>{1, 2, 3, 4, 5});
  CHECK(teller != std::this_thread::get_id());
  CHECK(was_durable);
}

TEST_CASE("a step that the database refuses is told at once, and once") {
  Gate gate;
  std::vector<std::int64_t> told;
  const auto tell = [&](const std::vector<IncidentStep>& steps) {
    for (const auto& step : steps) told.push_back(step.event.sequence);
    if (told.size() == 1) CHECK(gate.seen().batches.empty());
  };
  auto recorder = Recorder::start(gate.store(), patient, tell).value();
  gate.fail(3);
  recorder.submit(sample_step(1, 1));
  CHECK(gate.wait_until([](const Seen& seen) { return seen.failures >= 1; }));
  recorder.submit(sample_step(1, 2));
  REQUIRE(recorder.flush(1min));
  CHECK(told == std::vector<std::int64_t>{1, 2});
  std::vector<storage::IncidentStep> written;
  for (const auto& batch : gate.seen().batches) {
    written.insert(written.end(), batch.steps.begin(), batch.steps.end());
  }
  CHECK(written == std::vector{sample_step(1, 1), sample_step(1, 2)});
}

TEST_CASE("what the database refuses is kept and tried again; nothing is lost or written twice") {
  Gate gate;
  gate.fail(3);
  auto recorder = Recorder::start(gate.store(), patient, nullptr).value();
  for (std::uint64_t number = 1; number <= 10; ++number) {
    recorder.submit(numbered(number));
    recorder.submit(sample_step(1, static_cast<std::int64_t>(number)));
    recorder.submit(delivery(std::to_string(number)));
  }
  REQUIRE(recorder.flush(1min));
  std::vector<std::int64_t> sequences;
  std::size_t deliveries = 0;
  for (const auto& batch : gate.seen().batches) {
    for (const auto& step : batch.steps) sequences.push_back(step.event.sequence);
    deliveries += batch.deliveries.size();
  }
  CHECK(sequences == std::vector<std::int64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  CHECK(body_sizes(gate.seen()) == std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  CHECK(deliveries == 10);
  const auto statistics = recorder.statistics();
  CHECK(statistics.failed_writes == 3);
  CHECK(statistics.last_error.empty());
}

TEST_CASE("a failing database shows in the statistics, with its words") {
  Gate gate;
  gate.fail(1'000'000);
  auto recorder = Recorder::start(gate.store(), {.batch = 1ms, .retry = 1h}, nullptr).value();
  recorder.submit(sample_step(1, 1));
  CHECK_FALSE(recorder.flush(1ms));
  CHECK(gate.wait_until([](const Seen& seen) { return seen.failures == 1; }));
  while (recorder.statistics().failed_writes == 0) std::this_thread::yield();
  const auto statistics = recorder.statistics();
  CHECK(statistics.last_error == "the disk is full");
  CHECK(statistics.queued_steps == 1);
  CHECK(statistics.batches == 0);
}

TEST_CASE("a full queue drops and counts the newest results, never steps or deliveries") {
  Gate gate;
  gate.hold();
  auto limits = patient;
  limits.results = 5;
  limits.batch_results = 2;
  auto recorder = Recorder::start(gate.store(), limits, nullptr).value();
  recorder.submit(numbered(1));
  recorder.submit(numbered(2));
  // The batch at work counts too: memory is what the limit bounds.
  REQUIRE(gate.wait_until([](const Seen& seen) { return seen.calls == 1; }));
  for (std::uint64_t number = 3; number <= 9; ++number) recorder.submit(numbered(number));
  for (std::int64_t sequence = 1; sequence <= 20; ++sequence) {
    recorder.submit(sample_step(1, sequence));
    recorder.submit(delivery(std::to_string(sequence)));
  }
  auto statistics = recorder.statistics();
  CHECK(statistics.queued_results == 5);
  CHECK(statistics.queued_steps == 20);
  CHECK(statistics.dropped_results == 4);

  gate.release();
  REQUIRE(recorder.flush(1min));
  CHECK(body_sizes(gate.seen()) == std::vector<std::uint64_t>{1, 2, 3, 4, 5});
  recorder.submit(numbered(10));
  REQUIRE(recorder.flush(1min));
  statistics = recorder.statistics();
  CHECK(statistics.written_results == 6);
  CHECK(statistics.queued_results == 0);
  CHECK(statistics.queued_steps == 0);
  CHECK(statistics.dropped_results == 4);
}

TEST_CASE("a flush that passes its deadline says so; one of nothing returns at once") {
  Gate gate;
  auto recorder = Recorder::start(gate.store(), patient, nullptr).value();
  CHECK(recorder.flush(0ms));
  gate.hold();
  recorder.submit(numbered(1));
  CHECK_FALSE(recorder.flush(1ms));
  gate.release();
  CHECK(recorder.flush(1min));
}

TEST_CASE("the end of a recorder writes what is queued, in several transactions if need be") {
  Gate gate;
  {
    auto limits = patient;
    limits.batch_results = 100;
    auto recorder = Recorder::start(gate.store(), limits, nullptr).value();
    for (std::uint64_t number = 0; number < 250; ++number) recorder.submit(numbered(number));
    recorder.submit(sample_step(1, 1));
  }
  CHECK(result_count(gate.seen()) == 250);
}

TEST_CASE("the end of a recorder makes one attempt where the database refuses") {
  Gate gate;
  gate.hold();
  {
    auto recorder = Recorder::start(gate.store(), {.batch = 1h, .retry = 1h}, nullptr).value();
    recorder.submit(sample_step(1, 1));
    REQUIRE(gate.wait_until([](const Seen& seen) { return seen.calls == 1; }));
    gate.fail(1'000'000);
    gate.release();
    CHECK_FALSE(recorder.flush(1ms));
    while (recorder.statistics().failed_writes == 0) std::this_thread::yield();
  }
  CHECK(gate.seen().failures == 2);
  CHECK(gate.seen().batches.empty());
}

TEST_CASE("forgetting goes in steps until nothing is left, and in turns with writing") {
  Gate gate;
  gate.keep_old(25);
  auto limits = patient;
  limits.forget_results = 10;
  auto recorder = Recorder::start(gate.store(), limits, nullptr).value();
  gate.hold();
  recorder.forget_results(sample_time());
  REQUIRE(gate.wait_until([](const Seen& seen) { return seen.calls == 1; }));
  recorder.submit(sample_step(1, 1));
  gate.release();
  REQUIRE(gate.wait_until([](const Seen& seen) { return seen.forgotten.size() == 3; }));
  CHECK(gate.seen().forgotten == std::vector<std::uint32_t>{10, 10, 5});
  CHECK(recorder.flush(1min));

  // A step that fails is tried again.
  gate.keep_old(15);
  gate.fail(1);
  recorder.forget_results(sample_time(10));
  REQUIRE(gate.wait_until([](const Seen& seen) { return seen.forgotten.size() == 5; }));
  CHECK(recorder.statistics().failed_writes == 1);
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

TEST_CASE("many threads submit: each result and step arrives once, in its thread's order") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  constexpr std::uint64_t thread_count = 4;
  constexpr std::uint64_t each = 500;
  std::atomic<std::uint64_t> told = 0;
  {
    auto store = open_sqlite_store(path, OpenMode::ReadWrite);
    REQUIRE(store.has_value());
    auto recorder = Recorder::start(std::move(*store), {.batch = 1ms, .batch_results = 100},
                                    [&told](const auto& steps) { told += steps.size(); })
                        .value();
    std::vector<std::thread> threads;
    for (std::uint64_t thread = 0; thread < thread_count; ++thread) {
      threads.emplace_back([&recorder, thread] {
        for (std::uint64_t number = 0; number < each; ++number) {
          auto result = numbered(number);
          result.route = std::to_string(thread);
          recorder.submit(std::move(result));
          if (number % 50 == 0)
            recorder.submit(sample_step(static_cast<std::int64_t>(thread + 1),
                                        static_cast<std::int64_t>(number / 50 + 1)));
          if (number % 100 == 0) recorder.forget_results(Timestamp());
          if (number % 100 == 0) static_cast<void>(recorder.statistics());
        }
      });
    }
    for (auto& thread : threads) thread.join();
    CHECK(recorder.flush(1min));
    CHECK(recorder.statistics().written_results == thread_count * each);
  }
  CHECK(told == thread_count * each / 50);
  const auto store = open_sqlite_store(path, OpenMode::ReadOnly);
  REQUIRE(store.has_value());
  for (std::uint64_t thread = 0; thread < thread_count; ++thread) {
    const auto results = (*store)->results(
        {.route = std::to_string(thread), .newest_first = false, .limit = 10'000});
    REQUIRE(results->size() == each);
    for (std::uint64_t number = 0; number < each; ++number)
      CHECK((*results)[number].body_size == number);
  }
  CHECK((*store)->incidents({})->size() == thread_count);
}

TEST_CASE("the size of the store is known from the start on and after old results went") {
  Gate gate;
  gate.keep_old(7);
  auto recorder = Recorder::start(gate.store(), patient, nullptr).value();
  // What is written is written after what was asked before.
  recorder.submit(numbered(1));
  CHECK(recorder.flush(1min));
  CHECK(recorder.statistics().size_bytes == 1007);
  recorder.forget_results(sample_time());
  CHECK(gate.wait_until([](const Seen& seen) { return !seen.forgotten.empty(); }));
  recorder.submit(numbered(2));
  CHECK(recorder.flush(1min));
  CHECK(recorder.statistics().size_bytes == 1000);
}

TEST_CASE("a recorder without its thread is an error that says so") {
  Gate gate;
  const tests::ThreadFamine famine;
  const auto recorder = Recorder::start(gate.store(), patient, nullptr);
  REQUIRE_FALSE(recorder.has_value());
  CHECK(recorder.error().message.starts_with("the thread recorder cannot be started: "));
}

TEST_CASE("rolling up goes in steps, before forgetting, until nothing is due or it fails") {
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
  CHECK(gate.wait_until([](const Seen& seen) { return seen.rolled_up.size() == 5; }));
  // It is over until it is asked for again.
  recorder.forget_results(sample_time());
  CHECK(gate.wait_until([](const Seen& seen) { return !seen.forgotten.empty(); }));
  CHECK(gate.seen().rolled_up.size() == 5);
  CHECK(recorder.statistics().failed_writes == 1);
  recorder.roll_up(sample_time(9));
  CHECK(gate.wait_until([](const Seen& seen) { return seen.rolled_up.size() == 9; }));
}

// A recorder whose store is short of space, slow, too large or damaged.

#include <thread>
#include <utility>

#include <doctest/doctest.h>

#include "storage/backlog.h"
#include "storage/recorder.h"
#include "tests/storage/recorder_samples.h"

using namespace gatewatch;
using namespace gatewatch::storage;
using namespace std::chrono_literals;
using namespace gatewatch::tests;

TEST_CASE("while space is short, what is essential is written by itself, and results wait") {
  Gate gate;
  gate.be_short_of_space(true);
  auto recorder = Recorder::start(gate.store(), patient, nullptr).value();
  recorder.submit(numbered(1));
  for (std::int64_t sequence = 1; sequence <= 5; ++sequence) {
    recorder.submit(sample_step(1, sequence));
    REQUIRE(gate.wait_until(
        [sequence](const Seen& seen) { return std::cmp_equal(seen.batches.size(), sequence); }));
  }
  CHECK(result_count(gate.seen()) == 0);
  CHECK_FALSE(recorder.flush(1ms));
  CHECK(recorder.statistics().last_error == "the disk is full");
  gate.be_short_of_space(false);
  REQUIRE(recorder.flush(1min));
  CHECK(body_sizes(gate.seen()) == std::vector<std::uint64_t>{1});
  CHECK(recorder.statistics().last_error.empty());
}

TEST_CASE("many words on one delivery while the database refuses become the newest") {
  Gate gate;
  gate.hold();
  auto recorder = Recorder::start(gate.store(), patient, nullptr).value();
  recorder.submit(delivery("first"));
  REQUIRE(gate.wait_until([](const Seen& seen) { return seen.calls == 1; }));
  gate.fail(1);
  for (int attempt = 1; attempt <= 1'000; ++attempt) {
    auto record = delivery(attempt % 2 == 0 ? "a" : "b");
    record.attempts = attempt;
    recorder.submit(record);
  }
  gate.release();
  REQUIRE(recorder.flush(1min));
  std::vector<std::pair<std::string, int>> written;
  for (const auto& batch : gate.seen().batches)
    for (const auto& record : batch.deliveries) written.emplace_back(record.key, record.attempts);
  CHECK(written == std::vector<std::pair<std::string, int>>{{"first", 0}, {"b", 999}, {"a", 1000}});
}

TEST_CASE("what was dropped is written as a gap with the next results") {
  Gate gate;
  gate.hold();
  auto limits = patient;
  limits.bytes = 2 * weight_of(numbered(1));
  auto recorder = Recorder::start(gate.store(), limits, nullptr).value();
  for (std::uint64_t number = 1; number <= 5; ++number) recorder.submit(numbered(number));
  gate.release();
  REQUIRE(recorder.flush(1min));
  const GapRecord gap{"results", sample_time(), sample_time(), 3};
  CHECK(gate.seen().batches.at(0).gaps == std::vector{gap});
  recorder.submit(numbered(6));
  REQUIRE(recorder.flush(1min));
  CHECK(gate.seen().batches.at(1).gaps.empty());
}

TEST_CASE("a database that is too large is made smaller in steps, in turns with writing") {
  Gate gate;
  gate.keep_old(2'500);  // a byte each, beside 1,000
  auto limits = patient;
  limits.measure = 0ms;
  auto recorder = Recorder::start(gate.store(), limits, nullptr).value();
  recorder.limit_size(2'000);
  recorder.submit(sample_step(1, 1));
  REQUIRE(gate.wait_until([](const Seen& seen) { return seen.forgotten.size() == 2; }));
  REQUIRE(recorder.flush(1min));
  CHECK(gate.seen().forgotten == std::vector<std::uint32_t>{1'000, 1'000});
  recorder.limit_size(100);  // which cannot be reached
  REQUIRE(gate.wait_until([](const Seen& seen) { return seen.forgotten.size() == 4; }));
  recorder.submit(sample_step(1, 2));
  REQUIRE(recorder.flush(1min));
  CHECK(recorder.statistics().sizes.records == 1'000);
}

TEST_CASE("a damaged store is replaced, and what is queued goes to the next one") {
  Gate damaged;
  Gate sound;
  int attempts = 0;
  const auto replace =
      [&](std::unique_ptr<Store> store) -> std::expected<std::unique_ptr<Store>, Error> {
    CHECK((store != nullptr) == (attempts == 0));
    if (++attempts < 3) return std::unexpected(Error{"no space for another"});
    return sound.store();
  };
  std::vector<std::int64_t> told;
  const auto tell = [&told](const auto& steps) {
    for (const auto& step : steps) told.push_back(step.event.sequence);
  };
  auto recorder = Recorder::start(damaged.store(), patient, tell, replace).value();
  recorder.submit(sample_step(1, 1));
  REQUIRE(recorder.flush(1min));
  SUBCASE("a write finds it") {
    damaged.fail(1'000'000, Trouble::Damaged);
  }
  SUBCASE("somebody else does") {
    recorder.distrust(0);
    while (recorder.statistics().failed_writes < 2) std::this_thread::yield();
  }
  recorder.submit(numbered(7));
  recorder.submit(sample_step(1, 2));
  REQUIRE(recorder.flush(1min));
  CHECK(told == std::vector<std::int64_t>{1, 2});
  CHECK(attempts == 3);
  CHECK(damaged.seen().batches.size() == 1);
  CHECK(body_sizes(sound.seen()) == std::vector<std::uint64_t>{7});
  CHECK(recorder.statistics().last_error.empty());
  recorder.distrust(0);  // word of the one before, too late
  recorder.submit(numbered(8));
  REQUIRE(recorder.flush(1min));
  CHECK(attempts == 3);
}

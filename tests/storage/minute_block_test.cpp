#include "storage/minute_block.h"

#include <doctest/doctest.h>

#include "tests/storage/rollup_samples.h"

using namespace gatewatch;
using namespace std::chrono_literals;
using tests::rollup_noon;

TEST_CASE("sixty minutes come back as they were") {
  for (unsigned seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    const auto rollup = storage::roll_up_hour(tests::some_rollup_samples(seed), rollup_noon,
                                              rollup_noon + std::chrono::minutes(1 + seed % 70));
    const auto read = storage::decode_minutes(storage::encode_minutes(rollup.minutes));
    REQUIRE(read.has_value());
    CHECK(*read == rollup.minutes);
  }
}

TEST_CASE("an hour in which nothing was out of the ordinary takes a few bits a latency") {
  std::vector<storage::RollupSample> samples;
  for (int number = 0; number < 120; ++number) {
    samples.push_back({.sample = {rollup_noon + number * 30s, 30s, Outcome::Ok},
                       .status = 204,
                       .duration = std::chrono::microseconds(40'000 + number * 300)});
  }
  const auto rollup = storage::roll_up_hour(samples, rollup_noon, rollup_noon + 1h);
  const auto block = storage::encode_minutes(rollup.minutes);
  CHECK(block.status == 204);
  CHECK(block.step == 2);
  CHECK(block.end_bits == 0);
  CHECK(block.bucket_bits == 5);
  CHECK(block.others.empty());
  CHECK(block.data.size() == 75);
}

TEST_CASE("no minutes at all") {
  const auto block = storage::encode_minutes({});
  CHECK(block.data.empty());
  CHECK(storage::decode_minutes(block) == storage::MinuteRollups());
}

TEST_CASE("a damaged block is an error, whatever it holds") {
  for (unsigned seed = 0; seed < 3'000; ++seed) {
    std::mt19937 random(seed);
    const auto rollup =
        storage::roll_up_hour(tests::some_rollup_samples(seed % 20), rollup_noon, rollup_noon + 1h);
    auto block = storage::encode_minutes(rollup.minutes);
    const auto value = static_cast<std::int64_t>(random() % 2 == 0 ? random() % 70 : random()) -
                       (random() % 3 == 0 ? 1'000 : 0);
    switch (random() % 7) {
      case 0:
        block.step = value;
        break;
      case 1:
        block.end_base = value;
        break;
      case 2:
        block.end_bits = value;
        break;
      case 3:
        block.bucket_base = value;
        break;
      case 4:
        block.bucket_bits = value;
        break;
      case 5:
        block.others = R"([[0,9,"slow",200,1,500]])";
        break;
      default:
        block.data.resize(random() % (block.data.size() + 9));
        break;
    }
    // Never more latencies than there are bits for, or the one bucket of all.
    if (const auto read = storage::decode_minutes(block)) {
      for (const auto& minute : *read) CHECK(minute.latency.count() < 1ULL << 56);
    }
  }
  CHECK_FALSE(storage::decode_minutes({.end_bits = 8, .data = "short"}).has_value());
  CHECK_FALSE(storage::decode_minutes({.bucket_base = 896}).has_value());
  CHECK_FALSE(storage::decode_minutes({.step = -1}).has_value());
}

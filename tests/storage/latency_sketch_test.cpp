#include "storage/latency_sketch.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <doctest/doctest.h>

using namespace gatewatch::storage;
using namespace std::chrono_literals;
using std::chrono::microseconds;

namespace {

LatencySketch sketch_of(const std::vector<microseconds>& durations) {
  LatencySketch sketch;
  for (const auto duration : durations) sketch.add(latency_bucket(duration));
  return sketch;
}

std::string written(const LatencySketch& sketch) {
  std::string bytes;
  sketch.write(bytes);
  return bytes;
}

// As uneven as durations are: of one of three kinds, each over a range of its own.
std::vector<microseconds> some_durations(std::mt19937& random) {
  const auto size = 1 + random() % 500;
  const auto middle = std::exp(static_cast<double>(random() % 22));
  std::lognormal_distribution<double> usual(std::log(middle),
                                            0.01 * static_cast<double>(random() % 200));
  std::vector<microseconds> durations;
  while (durations.size() < size) {
    const auto kind = random() % 10;
    durations.emplace_back(kind == 0   ? static_cast<std::int64_t>(random() % 3'600'000'000U)
                           : kind == 1 ? static_cast<std::int64_t>(random() % 100)
                                       : std::llround(std::min(usual(random), 3.6e9)));
  }
  return durations;
}

}  // namespace

TEST_CASE("a bucket's middle is within 1/64 of all that it holds") {
  for (std::int64_t value = 0; value < 3'600'000'000; value += 1 + value / 5'000) {
    const microseconds duration(value);
    const auto bucket = latency_bucket(duration);
    REQUIRE(bucket < latency_bucket_count);
    const auto distance = std::chrono::abs(bucket_latency(bucket) - duration);
    REQUIRE(64 * distance <= duration);
    REQUIRE(latency_bucket(bucket_latency(bucket)) == bucket);
  }
  CHECK(latency_bucket(63us) == 63);
  CHECK(latency_bucket(64us) == 64);
  CHECK(bucket_latency(64) == 65us);
  CHECK(latency_bucket(-5us) == 0);
  CHECK(latency_bucket(20h) == latency_bucket(1h));
  for (LatencyBucket bucket = 1; bucket < latency_bucket_count; ++bucket) {
    REQUIRE(bucket_latency(bucket) > bucket_latency(bucket - 1));
  }
}

TEST_CASE("the nearest rank is that of a value that is there") {
  CHECK(quantile_rank(1, 50) == 0);
  CHECK(quantile_rank(2, 50) == 0);
  CHECK(quantile_rank(2, 95) == 1);
  CHECK(quantile_rank(3, 50) == 1);
  CHECK(quantile_rank(100, 99) == 98);
  CHECK(quantile_rank(101, 99) == 99);
  CHECK(quantile_rank(1'000, 100) == 999);
  CHECK(quantile_rank(1ULL << 62, 100) == (1ULL << 62) - 1);
}

TEST_CASE("every quantile is within the stated error of the exact one") {
  for (unsigned seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    auto durations = some_durations(random);
    const auto sketch = sketch_of(durations);
    std::ranges::sort(durations);
    for (unsigned percent = 1; percent <= 100; ++percent) {
      const auto exact = durations[quantile_rank(durations.size(), percent)];
      const auto found = sketch.quantile(percent);
      REQUIRE(found.has_value());
      REQUIRE(std::abs(static_cast<double>((*found - exact).count())) <=
              latency_relative_error * static_cast<double>(exact.count()));
    }
  }
}

TEST_CASE("sketches of parts merge into the sketch of all, written or not") {
  for (unsigned seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    auto first = some_durations(random);
    const auto second = some_durations(random);
    const auto one = sketch_of(first);
    const auto other = sketch_of(second);
    auto merged = one;
    merged.merge(other);
    auto read = one;
    REQUIRE(read.add_written(written(other)));
    first.insert(first.end(), second.begin(), second.end());
    const auto all = sketch_of(first);
    CHECK(merged == all);
    CHECK(read == all);
    CHECK(written(merged) == written(all));
    CHECK(merged.count() == first.size());
  }
}

TEST_CASE("an empty sketch has no quantile and takes no byte") {
  LatencySketch sketch;
  CHECK_FALSE(sketch.quantile(50).has_value());
  CHECK(written(sketch).empty());
  CHECK(sketch.add_written(""));
  sketch.merge({});
  CHECK(sketch == LatencySketch());
}

TEST_CASE("the written form is public within the file: it stays as it is") {
  LatencySketch sketch;
  sketch.add(300, 2);
  sketch.add(304, 200);
  CHECK(written(sketch) == std::string("\xac\x02\x02\x00\x02\xc8\x01", 7));
}

TEST_CASE("bytes that are no sketch are refused") {
  for (const auto& bytes :
       {std::string("\xff"), std::string("\x80\x07\x01"), std::string("\xff\x06\x01\x01"),
        std::string("\x05\x00", 2), std::string("\x05\x00\xff\xff\x7f", 5)}) {
    CHECK_FALSE(LatencySketch().add_written(bytes));
  }
  for (unsigned seed = 0; seed < 2'000; ++seed) {
    std::mt19937 random(seed);
    std::string bytes(random() % 40, '\0');
    for (auto& byte : bytes) byte = static_cast<char>(random());
    LatencySketch sketch;
    (void)sketch.add_written(bytes);
    if (sketch.count() > 0) CHECK(sketch.quantile(100).has_value());
  }
}

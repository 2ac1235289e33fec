#include "storage/result_block.h"

#include <limits>
#include <random>

#include <doctest/doctest.h>

using namespace gatewatch::storage;

namespace {

constexpr std::int64_t begin_us = 1'795'169'106'123'456;
constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

ResultNumbers numbers_at(std::int64_t started) {
  ResultNumbers numbers{{7, 0, started, 1'000, 2'000, 30'000, 40, 50'000, 600, 5'120}};
  return numbers;
}

// Like those of one route: nearly every 30 s.
std::vector<ResultNumbers> steady(std::size_t count) {
  std::mt19937 random(1);
  std::vector<ResultNumbers> results;
  for (std::size_t index = 0; index < count; ++index) {
    results.push_back(numbers_at(begin_us + static_cast<std::int64_t>(index) * 30'000'000 +
                                 static_cast<std::int64_t>(random() % 5'000)));
  }
  return results;
}

void check_same(const std::vector<ResultNumbers>& results) {
  const auto decoded = decode_block(encode_block(results, no_limit));
  REQUIRE(decoded.has_value());
  CHECK(*decoded == results);
}

}  // namespace

TEST_CASE("equal values take no bit, an even pace some") {
  const auto same = encode_block(std::vector(100, numbers_at(begin_us)), no_limit);
  CHECK(same.count == 100);
  CHECK(same.data.empty());
  const auto block = encode_block(steady(300), no_limit);
  CHECK(block.data.size() == 300 * 13 / 8 + 1);
  CHECK(block.step_us > 29'900'000);
  check_same(steady(300));
}

TEST_CASE("any numbers come back") {
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  constexpr auto greatest = std::numeric_limits<std::int64_t>::max();
  check_same({numbers_at(begin_us)});
  auto results =
      std::vector{numbers_at(least), numbers_at(greatest), numbers_at(0), numbers_at(-1)};
  results[1][BlockColumn::Failure] = greatest;
  results[2][BlockColumn::Failure] = 1;
  results[3][BlockColumn::Wait] = least;
  check_same(results);

  std::mt19937_64 random(2);
  for (int round = 0; round < 200; ++round) {
    std::vector<ResultNumbers> any(1 + random() % most_block_results);
    const auto shift = random() % 64;
    for (auto& numbers : any) {
      for (auto& value : numbers.values) value = static_cast<std::int64_t>(random() >> shift);
      if (random() % 2 == 0) numbers[BlockColumn::Failure] = 0;
      numbers[BlockColumn::Failure] &= greatest;
    }
    check_same(any);
  }
}

TEST_CASE("failures near each other take few bits, wherever they are") {
  auto results = steady(200);
  results[50][BlockColumn::Failure] = 4'000'000'000;
  results[60][BlockColumn::Failure] = 4'000'000'100;
  const auto block = encode_block(results, no_limit);
  CHECK(block.data.size() == 200 * (13 + 7) / 8);
  check_same(results);
}

TEST_CASE("a block takes as many of the first results as it has space for") {
  const auto results = steady(2'000);
  CHECK(encode_block(results, no_limit).count == 512);
  const auto block = encode_block(results, 100);
  CHECK(block.count == 61);
  CHECK(encode_block(results, 0).count == 1);
  const auto decoded = decode_block(block);
  CHECK(*decoded == std::vector(results.begin(), results.begin() + 61));
}

TEST_CASE("a damaged block is an error") {
  const auto good = encode_block(steady(10), no_limit);
  REQUIRE(decode_block(good).has_value());
  const auto message = [&good](auto damage) {
    auto block = good;
    damage(block);
    const auto decoded = decode_block(block);
    return decoded ? "nothing" : decoded.error().message;
  };
  const std::string prefix = "a block of results is damaged: ";
  for (const std::int64_t count : {-1, 0, 513}) {
    CHECK(message([count](ResultBlock& block) { block.count = count; }) ==
          prefix + "it cannot have as many results as it says");
  }
  const auto length = prefix + "its length is wrong";
  CHECK(message([](ResultBlock& block) { block.count = 11; }) == length);
  CHECK(message([](ResultBlock& block) { block.data.pop_back(); }) == length);
  CHECK(message([](ResultBlock& block) { block.data += 'x'; }) == length);
  auto failing = steady(2);
  failing[1][BlockColumn::Failure] = 3;
  auto negative = encode_block(failing, no_limit);
  negative.bases[1] = -9;
  CHECK(decode_block(negative).error().message == prefix + "it names a failure that cannot be");
  const auto overlap = prefix + "its columns overlap";
  CHECK(message([](ResultBlock& block) { block.ends[3] = -1; }) == overlap);
  CHECK(message([](ResultBlock& block) { block.ends[0] = 9; }) == overlap);
  CHECK(message([](ResultBlock& block) { block.ends[9] = 1'000; }) == overlap);
  CHECK(message([](ResultBlock& block) {
          block.ends[4] = std::numeric_limits<std::int64_t>::min();
        }) == overlap);
}

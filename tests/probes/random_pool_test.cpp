#include "probes/random_pool.h"

#include <array>
#include <set>

#include <doctest/doctest.h>

using namespace gatewatch;

TEST_CASE("no bytes are given out twice, over many fillings") {
  RandomPool pool;
  std::set<std::array<std::byte, 16>> seen;
  for (int round = 0; round < 2000; ++round) {
    std::array<std::byte, 16> bytes{};
    pool.fill(bytes);
    CHECK(seen.insert(bytes).second);
  }
}

TEST_CASE("any number up to the capacity may be asked for") {
  RandomPool pool;
  std::array<std::byte, 7> few{};
  pool.fill(few);
  std::array<std::byte, RandomPool::capacity> many{};
  pool.fill(many);
  CHECK(std::set<std::byte>(many.begin(), many.end()).size() > 200);
}

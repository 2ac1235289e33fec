#include "daemon/silence_book.h"

#include <chrono>
#include <vector>

#include <doctest/doctest.h>

#include "tests/fakes/memory_store.h"
#include "tests/fakes/simulated_network.h"

using namespace gatewatch;
using namespace gatewatch::daemon;
using namespace std::chrono_literals;

namespace {

struct Bench {
  tests::SimulatedNetwork network;
  tests::MemoryStore store;
  SilenceBook book{network.clock(), [this](const storage::SilenceRecord& silence) {
                     CHECK(store.write({.silences = {silence}}));
                   }};

  storage::SilenceRecord from_now(std::chrono::microseconds length) {
    const auto now = network.clock().wall_now();
    return {.routes = {"*"}, .starts = now, .ends = now + length, .created = now};
  }
};

}  // namespace

TEST_CASE("a silence gets a number that no other ever had, and is ended by it once") {
  Bench bench;
  CHECK(bench.book.add(bench.from_now(1h)).id == 1);
  CHECK(bench.book.add(bench.from_now(2h)).id == 2);
  bench.network.run_for(10min);
  const auto ended = bench.book.end(1);
  REQUIRE(ended.has_value());
  CHECK(ended->ends == bench.network.clock().wall_now());
  CHECK_FALSE(bench.book.end(1).has_value());
  CHECK_FALSE(bench.book.end(7).has_value());
  REQUIRE(bench.book.list().size() == 1);
  CHECK(bench.book.list().front().id == 2);
}

TEST_CASE("one that is over by itself cannot be ended, and one that has not begun never does") {
  Bench bench;
  CHECK(bench.book.add(bench.from_now(1h)).id == 1);
  bench.network.run_for(1h);
  CHECK_FALSE(bench.book.end(1).has_value());
  auto later = bench.from_now(2h);
  later.starts += 1h;
  CHECK(bench.book.add(later).id == 2);
  const auto ended = bench.book.end(2);
  REQUIRE(ended.has_value());
  CHECK(ended->starts == ended->ends);
}

TEST_CASE("after a restart those that are not over go on, and numbers too") {
  Bench bench;
  for (const auto length : {1h, 2h, 3h}) (void)bench.book.add(bench.from_now(length));
  CHECK(bench.book.end(3).has_value());
  bench.network.run_for(90min);
  SilenceBook book(bench.network.clock(), [](const storage::SilenceRecord&) {});
  CHECK_FALSE(book.load(bench.store).has_value());
  REQUIRE(book.list().size() == 1);
  CHECK(book.list().front().id == 2);
  CHECK(book.add(bench.from_now(1h)).id == 4);
}

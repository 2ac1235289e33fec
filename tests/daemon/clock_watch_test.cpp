#include "daemon/clock_watch.h"

#include <chrono>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/fakes/simulated_network.h"

using namespace gatewatch;
using namespace gatewatch::daemon;
using namespace std::chrono_literals;

namespace {

class Bench {
 public:
  // "forward 3600s": what a look notices.
  std::vector<std::string> look() {
    std::vector<std::string> jumps;
    for (const auto& jump : watch.look(read_clocks(network.clock()))) {
      const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(jump.by);
      jumps.push_back(fmt::format("{} {}s", clock_jump_name(jump.kind), seconds.count()));
    }
    return jumps;
  }
  Timestamp expected() { return watch.expected_wall(read_clocks(network.clock())); }

  tests::SimulatedNetwork network;
  ClockWatch watch{read_clocks(network.clock())};
};

using Jumps = std::vector<std::string>;

}  // namespace

TEST_CASE("clocks that go on together are no jump, nor is a stop of ours or a slow correction") {
  Bench bench;
  bench.network.run_for(1s);
  CHECK(bench.look().empty());
  bench.network.stall(10min);
  CHECK(bench.look().empty());
  bench.network.run_for(1s);
  bench.network.jump_wall_clock(900ms);
  CHECK(bench.look().empty());
  CHECK(bench.expected() == bench.network.clock().wall_now());
}

TEST_CASE("a suspend and a step of the wall clock are told apart, and both at once") {
  Bench bench;
  bench.network.suspend(2h);
  CHECK(bench.look() == Jumps{"suspend 7200s"});
  CHECK(bench.look().empty());
  bench.network.jump_wall_clock(1h);
  CHECK(bench.look() == Jumps{"forward 3600s"});
  bench.network.jump_wall_clock(-30s);
  CHECK(bench.look() == Jumps{"backward 30s"});
  bench.network.suspend(1h);
  bench.network.jump_wall_clock(-1h);
  CHECK(bench.look() == Jumps{"suspend 3600s", "backward 3600s"});
}

TEST_CASE("a clock that was set is not believed alone for a day") {
  Bench bench;
  constexpr auto decade = 10 * 365 * 24h;
  const auto before = bench.network.clock().wall_now();
  bench.network.jump_wall_clock(decade);
  CHECK(bench.look() == Jumps{"forward 315360000s"});
  CHECK(bench.expected() == before);
  bench.network.suspend(2h);
  CHECK(bench.look() == Jumps{"suspend 7200s"});
  CHECK(bench.expected() == before + 2h);

  SUBCASE("it is set right again") {
    bench.network.jump_wall_clock(-decade);
    CHECK(bench.look() == Jumps{"backward 315360000s"});
    CHECK(bench.expected() == bench.network.clock().wall_now());
  }
  SUBCASE("it stays") {
    bench.network.run_for(24h);
    CHECK(bench.look().empty());
    CHECK(bench.expected() == bench.network.clock().wall_now());
  }
}

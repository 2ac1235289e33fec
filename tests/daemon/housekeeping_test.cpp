#include "daemon/housekeeping.h"

#include <chrono>
#include <vector>

#include <doctest/doctest.h>

#include "tests/storage/gated_store.h"

using namespace gatewatch;
using namespace std::chrono_literals;

TEST_CASE("what is old is forgotten every minute, and results are summed up every ten") {
  tests::Gate gate;
  gate.keep_due(100);
  auto recorder = storage::Recorder::start(gate.store(), {}, nullptr).value();
  daemon::Housekeeping housekeeping;
  const config::Storage kept{};
  const Instant start{1h};
  const Timestamp wall{2'000'000h};
  std::size_t minutes = 0;
  for (auto passed = 0s; passed < 25min; passed += 30s) {
    housekeeping.keep(recorder, kept, start + passed, wall + passed);
    minutes += passed % 1min == 0s ? 1 : 0;
    REQUIRE(gate.wait_until(
        [minutes](const tests::Seen& seen) { return seen.rollups_forgotten.size() == minutes; }));
    REQUIRE(recorder.flush(1min));
  }
  const auto seen = gate.seen();
  CHECK(minutes == 25);
  for (std::size_t minute = 0; minute < minutes; ++minute) {
    CHECK(seen.rollups_forgotten[minute] == wall + std::chrono::minutes(minute) - kept.rollups);
  }
  std::vector<Timestamp> rounds;  // of summing up, each of many steps
  for (const auto until : seen.rolled_up) {
    if (rounds.empty() || rounds.back() != until) rounds.push_back(until);
  }
  CHECK(rounds == std::vector<Timestamp>{wall, wall + 10min, wall + 20min});
}

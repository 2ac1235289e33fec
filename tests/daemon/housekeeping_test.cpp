#include "daemon/housekeeping.h"

#include <chrono>
#include <vector>

#include <doctest/doctest.h>

#include "tests/storage/gated_store.h"

using namespace gatewatch;
using namespace std::chrono_literals;

TEST_CASE("what is old is forgotten every minute, and results are summed up every ten") {
  const config::Storage kept{};
  const Instant start{1h};
  const Timestamp wall{2'000'000h};
  tests::Gate gate;
  gate.keep_due(100);
  auto recorder = storage::Recorder::start(gate.store(), {}, nullptr).value();
  daemon::Housekeeping housekeeping;
  const daemon::ClockWatch clocks({.monotonic = start, .boot = start, .wall = wall});
  std::size_t minutes = 0;
  for (auto passed = 0s; passed < 25min; passed += 30s) {
    const daemon::ClockReading now{
        .monotonic = start + passed, .boot = start + passed, .wall = wall + passed};
    housekeeping.keep(recorder, kept, now, clocks);
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

TEST_CASE("a clock that is years ahead at the start costs no history for a day") {
  const config::Storage kept{};
  const Instant start{1h};
  const Timestamp written{2'000'000h};
  const auto ahead = written + 87'600h;
  const auto forgotten_after = [&](std::chrono::hours run) {
    tests::Gate gate;
    auto recorder = storage::Recorder::start(gate.store(), {}, nullptr).value();
    const daemon::ClockWatch clocks({.monotonic = start, .boot = start, .wall = ahead});
    daemon::Housekeeping housekeeping;
    housekeeping.begin(written, start);
    housekeeping.keep(recorder, kept,
                      {.monotonic = start + run, .boot = start + run, .wall = ahead + run}, clocks);
    REQUIRE(
        gate.wait_until([](const tests::Seen& seen) { return !seen.rollups_forgotten.empty(); }));
    return gate.seen().rollups_forgotten[0] + kept.rollups;
  };
  CHECK(forgotten_after(2h) == written + 2h);
  CHECK(forgotten_after(25h) == ahead + 25h);
}

#include "daemon/schedule.h"

#include <algorithm>
#include <array>
#include <chrono>

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace gatewatch;
using namespace gatewatch::daemon;
using namespace std::chrono_literals;

namespace {

const ScheduleAnchor anchor{Timestamp{1'795'000'000'123'456us}, Instant{77'000'000'000ns}};

std::chrono::nanoseconds wall_at(Instant instant) {
  return anchor.wall.time_since_epoch() + (instant - anchor.monotonic);
}

}  // namespace

TEST_CASE("the k-th turn is due at phase + k × interval after the Unix epoch") {
  for (const auto interval : {config::Duration(1s), config::Duration(30s), config::Duration(30h),
                              config::Duration(366 * 24h)}) {
    const auto phase = schedule_phase("shop/checkout", interval);
    const Schedule schedule(anchor, interval, phase);
    const auto turn = schedule.first_turn(anchor.monotonic);
    CHECK(schedule.due(turn) >= anchor.monotonic);
    CHECK(schedule.due(turn) - anchor.monotonic < interval);
    CHECK((wall_at(schedule.due(turn)) - phase) % interval == 0ns);
    // Ten years on, still to the nanosecond.
    const auto later = turn + (3650 * 24h) / interval;
    CHECK(schedule.due(later) - schedule.due(turn) == (later - turn) * interval);
  }
}

TEST_CASE("a restart keeps every due time, that of a 30-hour interval too") {
  const auto phase = schedule_phase("backup", 30h);
  const Schedule before(anchor, 30h, phase);
  const ScheduleAnchor restarted{anchor.wall + 7h, Instant{5s}};  // a reboot: another origin
  const Schedule after(restarted, 30h, phase);
  const auto due_before = wall_at(before.due(before.first_turn(anchor.monotonic + 7h)));
  const auto due_after = restarted.wall.time_since_epoch() +
                         (after.due(after.first_turn(restarted.monotonic)) - restarted.monotonic);
  CHECK(due_before == due_after);
}

TEST_CASE("a turn that is due now is the first one") {
  const Schedule schedule(anchor, 1s, 0ms);
  const auto turn = schedule.first_turn(anchor.monotonic);
  CHECK(schedule.first_turn(schedule.due(turn)) == turn);
  CHECK(schedule.first_turn(schedule.due(turn) + 1ns) == turn + 1);
}

TEST_CASE("phases spread 5,000 routes evenly over a minute") {
  std::array<int, 60> per_second{};
  for (int route = 0; route < 5000; ++route) {
    const auto phase = schedule_phase(fmt::format("group/route-{}", route), 60s);
    CHECK(phase % schedule_tick == 0ms);
    ++per_second[static_cast<std::size_t>(phase / 1s)];
  }
  CHECK(std::ranges::max(per_second) <= 2 * 5000 / 60);
}

TEST_CASE("the regions of a route divide the interval between them") {
  const auto first = schedule_phase("shop/checkout", 30s, 0, 3);
  const auto second = schedule_phase("shop/checkout", 30s, 1, 3);
  const auto third = schedule_phase("shop/checkout", 30s, 2, 3);
  CHECK((second - first + 30s) % 30s == 10s);
  CHECK((third - second + 30s) % 30s == 10s);
}

#include "daemon/scheduler.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/fakes/simulated_network.h"

using namespace gatewatch;
using namespace gatewatch::daemon;
using namespace std::chrono_literals;

namespace {

struct Started {
  std::string route;
  ProbeKind kind;
  Instant at;
};

// A scheduler whose probes take a set time and note when they started.
class Bench {
 public:
  explicit Bench(std::size_t limit = 1000)
      : anchor{network.clock().wall_now(), network.clock().now()},
        scheduler(
            network, anchor, limit,
            [this](const ScheduledRoute& route, ProbeKind kind, std::uint64_t) {
              return std::make_unique<TimedProbe>(*this, route.id, kind);
            },
            [this](Result result) { results.push_back(std::move(result)); }) {}

  void add(const std::string& id, config::Duration interval) {
    scheduler.set({id, interval, 10s, {.every = 2s, .times = 5}});
  }

  tests::SimulatedNetwork network;
  ScheduleAnchor anchor;
  config::Duration probe_time = 20ms;
  std::vector<Started> started;
  std::vector<Result> results;
  std::map<std::string, int> in_flight;
  int most_in_flight = 0;
  Scheduler scheduler;

 private:
  class TimedProbe final : public Probe {
   public:
    TimedProbe(Bench& bench, std::string route, ProbeKind kind)
        : bench_(bench), route_(std::move(route)), kind_(kind), timer_(bench.network.timer()) {}
    ~TimedProbe() override { --bench_.in_flight[route_]; }

    void start(Done done) override {
      bench_.started.push_back({route_, kind_, bench_.network.clock().now()});
      CHECK(++bench_.in_flight[route_] == 1);  // never two of one route
      int all = 0;
      for (const auto& entry : bench_.in_flight) all += entry.second;
      bench_.most_in_flight = std::max(bench_.most_in_flight, all);
      timer_->start(bench_.probe_time, [this, done = std::move(done)]() mutable {
        Result result;
        result.route = route_;
        result.kind = kind_;
        auto finish = std::move(done);
        finish(std::move(result));
      });
    }

   private:
    Bench& bench_;
    std::string route_;
    ProbeKind kind_;
    std::unique_ptr<net::Timer> timer_;
  };
};

}  // namespace

TEST_CASE("every turn of a month starts at its due time, without drift") {
  Bench bench;
  bench.add("shop/checkout", 30s);
  bench.network.run_for(30 * 24h);
  REQUIRE(bench.started.size() == 30 * 24 * 120);
  const Schedule schedule(bench.anchor, 30s, schedule_phase("shop/checkout", 30s));
  const auto first = schedule.first_turn(bench.anchor.monotonic);
  for (std::size_t index = 0; index < bench.started.size(); ++index) {
    REQUIRE(bench.started[index].at == schedule.due(first + static_cast<std::int64_t>(index)));
  }
  CHECK(bench.scheduler.statistics().skipped == 0);
  CHECK(bench.scheduler.statistics().missed == 0);
}

TEST_CASE("a step of the wall clock moves no turn") {
  Bench bench;
  bench.add("shop/checkout", 30s);
  bench.network.run_for(5min);
  bench.network.jump_wall_clock(10 * 365 * 24h);
  bench.network.run_for(5min);
  bench.network.jump_wall_clock(-20 * 365 * 24h);
  bench.network.run_for(5min);
  CHECK(bench.started.size() == 30);
}

TEST_CASE("a probe that outlasts its interval makes the next turns skipped and counted") {
  Bench bench;
  bench.probe_time = 2500ms;
  bench.add("slow", 1s);
  bench.network.run_for(30s);
  CHECK(bench.started.size() == 10);
  CHECK(bench.scheduler.statistics().skipped == 20);
}

TEST_CASE("confirmations start at once and then every 2 s, five in all, beside the turns") {
  Bench bench;
  bench.add("shop/checkout", 30s);
  REQUIRE(bench.network.run_until([&] { return !bench.results.empty(); }, 1min));
  const auto asked = bench.network.clock().now();
  bench.scheduler.confirm("shop/checkout");
  bench.scheduler.confirm("shop/checkout");  // a series under way goes on instead
  bench.network.run_for(20s);
  std::vector<Instant> confirmations;
  for (const auto& probe : bench.started) {
    if (probe.kind == ProbeKind::Confirmation) confirmations.push_back(probe.at);
  }
  CHECK(confirmations ==
        std::vector<Instant>{asked, asked + 2s, asked + 4s, asked + 6s, asked + 8s});
}

TEST_CASE("a confirmation that comes due while the last answer is awaited starts when that ends") {
  Bench bench;
  bench.probe_time = 3s;  // longer than the 2 s between confirmations
  bench.add("slow/502", 30s);
  REQUIRE(bench.network.run_until([&] { return !bench.results.empty(); }, 1min));
  const auto first = bench.started.front().at;
  bench.scheduler.confirm("slow/502");
  bench.network.run_for(26s);
  std::vector<config::Duration> after;
  for (const auto& probe : bench.started) {
    after.push_back(std::chrono::duration_cast<config::Duration>(probe.at - first));
  }
  CHECK(after == std::vector<config::Duration>{0s, 3s, 6s, 9s, 12s, 15s});
  CHECK(bench.results.size() == 6);
  CHECK(bench.scheduler.statistics().skipped == 0);
}

TEST_CASE("a confirmation waits for a scheduled probe in flight, whose own turns are skipped") {
  Bench bench;
  bench.probe_time = 2500ms;
  bench.add("slow/502", 1s);
  REQUIRE(bench.network.run_until([&] { return bench.started.size() == 2; }, 1min));
  const auto asked = bench.network.clock().now();
  const auto skipped = bench.scheduler.statistics().skipped;
  bench.scheduler.confirm("slow/502");
  bench.network.run_for(30s);
  std::vector<config::Duration> after;
  for (const auto& probe : bench.started) {
    if (probe.kind != ProbeKind::Confirmation) continue;
    after.push_back(std::chrono::duration_cast<config::Duration>(probe.at - asked));
  }
  REQUIRE(after.size() == 5);
  CHECK(after.front() == 2500ms);
  CHECK(bench.scheduler.statistics().skipped > skipped);
}

TEST_CASE("a confirmation that waits is forgotten with its route's series") {
  Bench bench;
  bench.probe_time = 3s;
  bench.add("slow/502", 30s);
  REQUIRE(bench.network.run_until([&] { return !bench.started.empty(); }, 1min));
  bench.scheduler.confirm("slow/502");
  bench.network.run_for(1s);
  SUBCASE("by a new interval") {
    bench.add("slow/502", 1h);
    bench.network.run_for(10s);
    CHECK(bench.started.size() == 1);
  }
  SUBCASE("by its removal") {
    bench.scheduler.remove("slow/502");
    bench.network.run_for(10s);
    CHECK(bench.started.size() == 1);
  }
  SUBCASE("by draining") {
    bench.scheduler.drain([] {});
    bench.network.run_for(10s);
    CHECK(bench.started.size() == 1);
    CHECK(bench.results.size() == 1);
  }
}

TEST_CASE("the limit on probes in flight holds, and every held-back probe runs") {
  Bench bench(10);
  bench.probe_time = 1s;
  for (int route = 0; route < 100; ++route) bench.add(fmt::format("route-{}", route), 30s);
  bench.network.run_for(60s);
  CHECK(bench.most_in_flight <= 10);
  CHECK(bench.scheduler.statistics().started == 200);
}

TEST_CASE("after a stall routes are spread again, none is started twice, none is forgotten") {
  Bench bench;
  for (int route = 0; route < 1000; ++route) bench.add(fmt::format("route-{}", route), 60s);
  bench.network.run_for(60s);
  REQUIRE(bench.started.size() == 1000);
  bench.network.stall(5min);
  bench.started.clear();
  const auto resumed = bench.network.clock().now();
  bench.network.run_for(60s);
  std::map<std::int64_t, int> per_second;
  std::map<std::string, int> per_route;
  for (const auto& probe : bench.started) {
    ++per_second[(probe.at - resumed) / 1s];
    ++per_route[probe.route];
  }
  CHECK(per_route.size() == 1000);
  // 10 s of make-up on top of the usual pace of 17 a second.
  for (const auto& [second, count] : per_second) CHECK(count <= 2 * (1000 / 10 + 17));
  CHECK(bench.scheduler.statistics().missed >= 4000);
}

TEST_CASE("a 30-hour route that a stall made late is made up for within 10 s") {
  Bench bench;
  bench.add("backup", 30h);
  const Schedule schedule(bench.anchor, 30h, schedule_phase("backup", 30h));
  const auto due = schedule.due(schedule.first_turn(bench.anchor.monotonic));
  bench.network.run_for(due - bench.anchor.monotonic - 1min);
  bench.network.stall(2min);
  bench.network.run_for(10s);
  CHECK(bench.started.size() == 1);
  bench.network.run_for(30h);
  REQUIRE(bench.started.size() == 2);
  CHECK(bench.started[1].at == due + 30h);
}

TEST_CASE("removing a route cancels its probe and its turns") {
  Bench bench;
  bench.add("gone", 1s);
  bench.add("stays", 1s);
  REQUIRE(bench.network.run_until([&] { return bench.in_flight["gone"] == 1; }, 10s));
  bench.scheduler.remove("gone");
  CHECK(bench.in_flight["gone"] == 0);
  const auto before = std::ranges::count(bench.started, "gone", &Started::route);
  bench.network.run_for(10s);
  CHECK(std::ranges::count(bench.started, "gone", &Started::route) == before);
  CHECK(std::ranges::count(bench.started, "stays", &Started::route) >= 10);
  CHECK(bench.scheduler.statistics().in_flight <= 1);
}

TEST_CASE("setting a route again with the same interval moves no turn") {
  Bench bench;
  bench.add("shop/checkout", 30s);
  bench.network.run_for(45s);
  bench.add("shop/checkout", 30s);
  bench.network.run_for(75s);
  CHECK(bench.started.size() == 4);
  bench.add("shop/checkout", 10s);
  bench.network.run_for(60s);
  CHECK(bench.started.size() == 10);
}

TEST_CASE("draining starts nothing more and says when the last probe is done") {
  Bench bench;
  bench.probe_time = 3s;
  bench.add("a", 1s);
  REQUIRE(bench.network.run_until([&] { return !bench.started.empty(); }, 10s));
  bool drained = false;
  bench.scheduler.drain([&drained] { drained = true; });
  CHECK_FALSE(drained);
  bench.network.run_for(10s);
  CHECK(drained);
  CHECK(bench.started.size() == 1);
  CHECK(bench.results.size() == 1);
}

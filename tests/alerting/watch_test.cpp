#include "alerting/watch.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace gatewatch;
using namespace gatewatch::alerting;
using namespace std::chrono_literals;

namespace {

const Timestamp start{std::chrono::seconds{1'700'000'000}};

struct Watching {
  config::Rule rule;
  Threshold threshold{rule};
  Watch watch{rule.window};
  Timestamp now = start;

  explicit Watching(config::Rule of = {}) : rule(std::move(of)) {}
  Watching(const Watching&) = delete;
  Watching& operator=(const Watching&) = delete;

  WatchChange fails(const std::string& region = "eu") {
    return watch.observe(threshold, region, now, true, now);
  }
  WatchChange passes(const std::string& region = "eu") {
    return watch.observe(threshold, region, now, false, now);
  }
  WatchChange tick() { return watch.tick(threshold, now); }
};

}  // namespace

TEST_CASE("a watch fires once, with the result that completes the quorum") {
  Watching site;
  for (const auto* const region : {"eu", "us", "ap"})
    CHECK(site.passes(region) == WatchChange::Unchanged);
  for (int index = 0; index < 5; ++index) {
    site.now += 1s;
    CHECK(site.fails("eu") == WatchChange::Unchanged);  // one of three
  }
  CHECK(site.fails("us") == WatchChange::Unchanged);
  CHECK(site.fails("us") == WatchChange::Fires);
  CHECK(site.fails("us") == WatchChange::Unchanged);
  CHECK(site.watch.breaching_regions() == std::vector<std::string>{"eu", "us"});
  CHECK(site.watch.reporting_regions() == std::vector<std::string>{"eu", "us", "ap"});
  CHECK(site.watch.failing_since(site.threshold) == start + 1s);
  CHECK(site.watch.counts_since(start + 1s) == Counts{8, 8});
}

TEST_CASE("a region that falls silent is unknown, but makes nothing fire by itself") {
  Watching site;
  site.passes("us");
  site.passes("ap");
  for (int index = 0; index < 3; ++index) site.fails("eu");
  site.now += 4min;
  CHECK(site.fails("eu") == WatchChange::Unchanged);
  site.now += 1min;  // us and ap have left the window: eu is all that reports
  CHECK(site.tick() == WatchChange::Unchanged);
  CHECK_FALSE(site.watch.firing());
  CHECK(site.fails("eu") == WatchChange::Unchanged);
  CHECK(site.fails("eu") == WatchChange::Fires);
}

TEST_CASE("it stops with the last of resolve_after clean results, once nothing breaches") {
  Watching site;
  for (int index = 0; index < 3; ++index) site.fails();
  REQUIRE(site.watch.firing());
  for (int index = 0; index < 10; ++index) {
    site.now += 29s;
    CHECK(site.passes() == WatchChange::Unchanged);  // the window still breaches
  }
  site.now += 29s;
  CHECK(site.passes() == WatchChange::Stops);
  CHECK_FALSE(site.watch.firing());
}

TEST_CASE("every reporting region must be clean") {
  Watching site;
  for (const auto* const region : {"eu", "us"}) {
    for (int index = 0; index < 3; ++index) site.fails(region);
  }
  REQUIRE(site.watch.firing());
  site.now += 200s;
  site.fails("us");
  site.now += 101s;  // of the outage, that failure alone is left in the windows
  for (int index = 0; index < 9; ++index) CHECK(site.passes("eu") == WatchChange::Unchanged);
  for (int index = 0; index < 4; ++index) CHECK(site.passes("us") == WatchChange::Unchanged);
  CHECK(site.passes("us") == WatchChange::Stops);
}

TEST_CASE("a region that fell silent does not hold up the end") {
  Watching site;
  for (const auto* const region : {"eu", "us"}) {
    for (int index = 0; index < 3; ++index) site.fails(region);
  }
  REQUIRE(site.watch.firing());
  site.now += 5min;
  for (int index = 0; index < 4; ++index) CHECK(site.passes("eu") == WatchChange::Unchanged);
  CHECK(site.passes("eu") == WatchChange::Stops);
}

TEST_CASE("a share under half of the rate for one window is the end, lone failures or not") {
  Watching site;
  for (int index = 0; index < 3; ++index) site.fails();
  REQUIRE(site.watch.firing());
  auto change = WatchChange::Unchanged;
  Timestamp calm_from{};
  for (int second = 1; second < 1'000 && change == WatchChange::Unchanged; ++second) {
    site.now += 1s;
    // One in a hundred; the last five are never clean, for resolve_after is out of reach.
    site.rule.resolve_after = 1'000'000;
    change = second % 100 == 0 ? site.fails() : site.passes();
    if (calm_from == Timestamp{} && site.now >= start + 5min) calm_from = site.now;
  }
  CHECK(change == WatchChange::Stops);
  // Calm is reached when 1.5 % are left, at the latest when the outage has left the window.
  CHECK(site.now >= start + 5min);
  CHECK(site.now <= start + 10min);
}

TEST_CASE("while no region reports nothing changes") {
  Watching site;
  for (int index = 0; index < 3; ++index) site.fails();
  REQUIRE(site.watch.firing());
  for (int minute = 0; minute < 60; ++minute) {
    site.now += 1min;
    CHECK(site.tick() == WatchChange::Unchanged);
  }
  CHECK(site.watch.firing());
  CHECK_FALSE(site.watch.is_quiet());
}

TEST_CASE("a watch is quiet when nothing matched within the window") {
  Watching site;
  CHECK(site.watch.is_quiet());
  site.fails();
  CHECK_FALSE(site.watch.is_quiet());
  site.now += 5min;
  CHECK(site.tick() == WatchChange::Unchanged);
  CHECK(site.watch.is_quiet());
}

TEST_CASE("what was replayed breaches without firing") {
  Watching site;
  for (int index = 0; index < 3; ++index) {
    site.watch.replay("eu", site.now, true, site.now);
  }
  CHECK_FALSE(site.watch.firing());
  CHECK(site.watch.breaches(site.threshold, site.now));
  CHECK_FALSE(site.watch.breaches(site.threshold, site.now + 5min));
}

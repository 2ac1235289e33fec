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
  RegionNames regions{};

  explicit Watching(config::Rule of = {}) : rule(std::move(of)) {}
  Watching(const Watching&) = delete;
  Watching& operator=(const Watching&) = delete;

  WatchChange fails(const std::string& region = "eu") {
    return watch.observe(threshold, regions.id_of(region), now, true, now);
  }
  WatchChange passes(const std::string& region = "eu") {
    return watch.observe(threshold, regions.id_of(region), now, false, now);
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
  CHECK(site.fails("us") == WatchChange::Unchanged);
  CHECK(site.fails("us") == WatchChange::Fires);
  const auto id = [&](const char* name) { return site.regions.id_of(name); };
  CHECK(site.watch.breaching_regions() == std::vector{id("eu"), id("us")});
  CHECK(site.watch.reporting_regions() == std::vector{id("eu"), id("us"), id("ap")});
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

TEST_CASE(
    "it stops with the last of resolve_after clean results, its failures still in the window") {
  Watching site;
  for (int index = 0; index < 10; ++index) site.fails();
  REQUIRE(site.watch.firing());
  site.now += 30s;
  for (int index = 0; index < 4; ++index) CHECK(site.passes() == WatchChange::Unchanged);
  CHECK(site.passes() == WatchChange::Stops);
  CHECK_FALSE(site.watch.firing());
}

TEST_CASE("the fewer failures were seen, the more clean results it takes") {
  Watching site;
  for (int index = 0; index < 3; ++index) site.fails();
  REQUIRE(site.watch.firing());
  for (int index = 0; index < 6; ++index) CHECK(site.passes() == WatchChange::Unchanged);
  CHECK(site.passes() == WatchChange::Stops);
}

TEST_CASE("a partial failure does not look as if it were over") {
  Watching site;
  std::string changes;
  for (int index = 0; index < 100; ++index) {
    const auto change = index % 8 < 2 ? site.fails() : site.passes();  // six clean ones in a row
    if (change == WatchChange::Fires) changes += "fires ";
    if (change == WatchChange::Stops) changes += "stops ";
    site.now += 1s;
  }
  CHECK(changes == "fires ");
}

TEST_CASE("what is over makes no later failure a breach") {
  Watching site;
  for (int index = 0; index < 10; ++index) site.fails();
  for (int index = 0; index < 5; ++index) site.passes();
  REQUIRE_FALSE(site.watch.firing());
  CHECK(site.fails() == WatchChange::Unchanged);
  CHECK(site.fails() == WatchChange::Unchanged);
  CHECK(site.fails() == WatchChange::Fires);
}

TEST_CASE("what a replay shows to be over is over") {
  Watching site;
  for (int index = 0; index < 15; ++index) {
    site.watch.replay(site.threshold, site.regions.id_of("eu"), site.now, index < 10, site.now);
  }
  CHECK_FALSE(site.watch.breaches(site.threshold, site.now));
  CHECK(site.fails() == WatchChange::Unchanged);
}

TEST_CASE("one that fires without having seen a failure stops with resolve_after clean results") {
  Watching site;
  site.watch.set_firing(true);
  CHECK(site.tick() == WatchChange::Unchanged);
  for (int index = 0; index < 4; ++index) CHECK(site.passes() == WatchChange::Unchanged);
  CHECK(site.passes() == WatchChange::Stops);
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
  for (int index = 0; index < 12; ++index) CHECK(site.passes("eu") == WatchChange::Unchanged);
  for (int index = 0; index < 5; ++index) CHECK(site.passes("us") == WatchChange::Unchanged);
  CHECK(site.passes("us") == WatchChange::Stops);
}

TEST_CASE("a region that fell silent does not hold up the end") {
  Watching site;
  for (const auto* const region : {"eu", "us"}) {
    for (int index = 0; index < 3; ++index) site.fails(region);
  }
  REQUIRE(site.watch.firing());
  site.now += 5min;
  for (int index = 0; index < 6; ++index) CHECK(site.passes("eu") == WatchChange::Unchanged);
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
    site.watch.replay(site.threshold, site.regions.id_of("eu"), site.now, true, site.now);
  }
  CHECK_FALSE(site.watch.firing());
  CHECK(site.watch.breaches(site.threshold, site.now));
  CHECK_FALSE(site.watch.breaches(site.threshold, site.now + 5min));
}

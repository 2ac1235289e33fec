#include "daemon/health.h"

#include <algorithm>
#include <chrono>

#include <doctest/doctest.h>

using namespace gatewatch;
using namespace gatewatch::daemon;
using namespace std::chrono_literals;

namespace {

const Instant now{1h};

web::HealthCheck named(const OwnState& state, const std::string& name) {
  const auto checks = health_checks(state, now);
  const auto found = std::ranges::find(checks, name, &web::HealthCheck::name);
  REQUIRE(found != checks.end());
  return *found;
}

OwnState well() {
  OwnState state;
  state.probe_threads.resize(2);
  for (auto& thread : state.probe_threads) thread.seen = now - 1s;
  state.channels["ops"] = {};
  return state;
}

}  // namespace

TEST_CASE("a daemon that is well says so") {
  for (const auto& check : health_checks(well(), now)) {
    CAPTURE(check.name);
    CHECK(check.ok);
  }
}

TEST_CASE("a probe thread that stands still, or a probe past its deadline, is unready") {
  auto state = well();
  state.probe_threads[1].seen = now - 6s;
  CHECK_FALSE(named(state, "probing").ok);
  CHECK(named(state, "probing").needed_for_ready);
  state = well();
  state.probe_threads[0].scheduler.overdue = 1;
  CHECK_FALSE(named(state, "probing").ok);
}

TEST_CASE("a database that refuses is unready and says why") {
  auto state = well();
  state.recorder.last_error = "database or disk is full";
  CHECK_FALSE(named(state, "storage").ok);
  CHECK(named(state, "storage").detail == "database or disk is full");
}

TEST_CASE("a dead channel and a refused reload show, but a restart would not mend them") {
  auto state = well();
  state.channels["ops"].last_error = "HTTP 500";
  state.channels["ops"].pending = 2;
  state.last_reload_successful = false;
  CHECK_FALSE(named(state, "channel ops").ok);
  CHECK_FALSE(named(state, "channel ops").needed_for_ready);
  CHECK_FALSE(named(state, "configuration").ok);
  CHECK_FALSE(named(state, "configuration").needed_for_ready);
}

TEST_CASE("a region that does not see is no healthy one, and a restart would not mend it") {
  auto state = well();
  CHECK(named(state, "vantage").ok);
  state.region.detail = "Monitor is blind in region local: 4 of 4 unrelated hosts do not answer";
  const auto check = named(state, "vantage");
  CHECK_FALSE(check.ok);
  CHECK_FALSE(check.needed_for_ready);
  CHECK(check.detail == state.region.detail);
}

// Promise: a clock that is set, a machine that sleeps and a process that stands still make no
// outage, no burst, and lose no turn of the schedule but those that were slept through.

#include <algorithm>
#include <chrono>
#include <map>
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/simulation/simulated_daemon.h"

using namespace gatewatch;
using namespace gatewatch::tests;
using namespace std::chrono_literals;

namespace {

const Endpoint site = Endpoint::parse("192.0.2.1:80").value();
constexpr auto decade = 10 * 365 * 24h;

void serve_well(SimulatedNetwork& network) {
  network.serve(site, [](SimulatedNetwork::Conversation& conversation) {
    if (conversation.received().find("\r\n\r\n") == std::string::npos) return;
    conversation.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi");
  });
}

std::size_t failing(const SimulatedDaemon& daemon) {
  return static_cast<std::size_t>(std::ranges::count_if(daemon.results(), &Result::is_failing));
}

}  // namespace

TEST_CASE("steps of the wall clock and suspends make no outage, no burst and no negative time") {
  // Where the milliseconds of a monotonic clock pass 32 and 33 bits, and where they begin.
  for (const std::int64_t start_ms : {0LL, 1LL << 31, 1LL << 32}) {
    CAPTURE(start_ms);
    SimulatedNetwork network;
    network.start_clock_at(
        Instant(std::chrono::milliseconds(start_ms) - (start_ms > 0 ? 1min : 0min)));
    serve_well(network);
    SimulatedDaemon daemon(network, simulated_config(site, 20, 10s));
    daemon.run_for(2min);
    std::size_t before = daemon.results().size();
    CHECK(before >= 230);
    for (const auto by : {decade, -decade, -decade, decade}) {
      network.jump_wall_clock(by);
      daemon.run_for(1min);
      const auto more = daemon.results().size() - before;
      CHECK(more >= 115);
      CHECK(more <= 125);
      before = daemon.results().size();
    }
    network.suspend(2h);
    daemon.run_for(1s);
    CHECK(daemon.results().size() - before <= 6);  // of twenty in 10 s
    daemon.run_for(59s);
    CHECK(daemon.results().size() - before <= 125);
    CHECK(failing(daemon) == 0);
    CHECK(daemon.sent().empty());
    for (const auto& result : daemon.results()) REQUIRE(result.duration() >= 0us);
  }
}

TEST_CASE("a process that stood still for a minute calls nobody's answer late") {
  SimulatedNetwork network;
  serve_well(network);
  network.set_latency(50ms);
  SimulatedDaemon daemon(network, simulated_config(site, 50, 1s));
  daemon.run_for(1min);
  for (int turn = 0; turn < 20; ++turn) {
    network.stall(std::chrono::seconds(1 + 3 * turn));
    daemon.run_for(7300ms);
  }
  CHECK(failing(daemon) == 0);
  CHECK(daemon.sent().empty());
}

TEST_CASE("connections that a suspend cut off count against nobody") {
  SimulatedNetwork network;
  bool resets = false;
  network.serve(site, [&resets](SimulatedNetwork::Conversation& conversation) {
    if (conversation.received().find("\r\n\r\n") == std::string::npos) return;
    if (resets) {
      conversation.after(500ms, [&conversation] { conversation.reset(); });
    } else {
      conversation.after(500ms, [&conversation] {
        conversation.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
      });
    }
  });
  SimulatedDaemon daemon(network, simulated_config(site, 200, 10s));
  daemon.run_for(1min);
  resets = true;
  daemon.run_for(400ms);
  network.suspend(2h);
  daemon.run_for(100ms);
  resets = false;
  daemon.run_for(1min);
  CHECK(failing(daemon) == 0);
  CHECK(std::ranges::count(daemon.results(), "suspended", &Result::reason) > 0);
}

// Promise: names that are never resolved make no other route late.

#include <chrono>
#include <memory>
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "daemon/scheduler.h"
#include "probes/route_probe.h"
#include "tests/fakes/simulated_network.h"

using namespace gatewatch;
using namespace gatewatch::daemon;
using namespace std::chrono_literals;

TEST_CASE("a thousand names that never resolve make none of a thousand other routes late") {
  tests::SimulatedNetwork network;
  const auto web = Endpoint::parse("192.0.2.1:80").value();
  network.serve(web, [](tests::SimulatedNetwork::Conversation& conversation) {
    if (conversation.received().empty()) return;
    conversation.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  TargetFactory factory;
  const auto identity =
      std::make_shared<const ProbeIdentity>("local", "gatewatch/test", TargetPolicy::standard());
  int good = 0;
  int dead = 0;
  const auto report = [&](const Result& result) {
    good += result.outcome == Outcome::Ok && result.duration() < 5ms ? 1 : 0;
    dead += result.outcome == Outcome::DnsFailure && result.reason == "timeout" ? 1 : 0;
  };
  Scheduler scheduler(
      network, {network.clock().wall_now(), network.clock().now()}, 4096,
      [&](const ScheduledRoute& route, ProbeKind kind, std::uint64_t turn) {
        return make_route_probe(network, identity, route.target, kind, turn, report);
      },
      report);
  for (int number = 0; number < 2000; ++number) {
    config::Route route;
    route.name = fmt::format("{}.{}.test", number, number % 2 == 0 ? "good" : "drop");
    route.url = Url::parse("http://" + route.name).value();
    route.expect.status.add(200, 299);
    if (number % 2 == 0) {
      network.set_name(route.name, {web.address});
    } else {
      network.set_name_failure(route.name, net::DnsStatus::Timeout, 1h);
    }
    scheduler.set(
        {route.id(), route.interval, route.timeout, route.confirm, factory.create(route).value()});
  }
  network.run_for(90s);
  const auto statistics = scheduler.statistics();
  CHECK(good == 3000);
  CHECK(dead >= 2000);
  CHECK(statistics.skipped == 0);
  CHECK(statistics.lateness[0] == statistics.started);  // within a millisecond
}

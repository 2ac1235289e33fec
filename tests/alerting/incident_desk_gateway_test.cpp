// Many names of one gateway: one outage, one message.

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/alerting/probed_world.h"

using namespace gatewatch;
using namespace gatewatch::tests;
using namespace std::chrono_literals;
using Kinds = std::vector<std::string>;
using Time = std::chrono::microseconds;

namespace {

const auto gateway = *Endpoint::parse("192.0.2.1:443");

std::vector<config::Route> sites(int count, config::Duration interval) {
  std::vector<config::Route> routes;
  for (int site = 0; site < count; ++site) {
    routes.push_back(make_route(fmt::format("r{:03}", site), interval,
                                fmt::format("site-{}.example.com", site)));
  }
  return routes;
}

ProbedWorld::Server outage(Time begin, Time end) {
  return [=](const std::string&, const std::string&, Time time) {
    return time >= begin && time < end ? bad_gateway : ok;
  };
}

}  // namespace

TEST_CASE("500 host names on one gateway are one incident, its opening one message") {
  ProbedWorld world(make_config(sites(500, 30s), {make_rule("bad-gateway", "bad_gateway")}),
                    outage(600s, 1200s));
  world.resolve([](const std::string&) { return gateway; });
  world.run_until(3600s);
  CHECK(world.count("opened") == 1);
  CHECK(world.count("resolved") == 1);
  // The others follow within an interval: told at most once a minute.
  CHECK(world.count("worsened") <= 2);
  const auto& incident = world.steps().back().incident;
  CHECK(incident.routes.size() == 500);
  CHECK(incident.gateway == "192.0.2.1:443");
}

TEST_CASE("names at addresses of their own, or at another port, are told apart") {
  ProbedWorld world(make_config(sites(3, 10s), {make_rule("bad-gateway", "bad_gateway")}),
                    outage(600s, 900s));
  world.resolve([](const std::string& host) {
    auto own = gateway;
    if (host.starts_with("site-1")) own.address.bytes[3] = 2;
    if (host.starts_with("site-2")) own.port = 8443;
    return own;
  });
  world.run_until(800s);
  CHECK(world.count("opened") == 3);
}

TEST_CASE("a name that fails at the same address a minute later has an outage of its own") {
  ProbedWorld world(make_config(sites(2, 10s), {make_rule("bad-gateway", "bad_gateway")}),
                    [](const std::string& route, const std::string&, Time time) {
                      const auto begin = route == "shop/r000" ? 600s : 800s;
                      return time >= begin && time < 1200s ? bad_gateway : ok;
                    });
  world.resolve([](const std::string&) { return gateway; });
  world.run_until(1000s);
  CHECK(world.count("opened") == 2);
}

TEST_CASE("a restart inside the outage of many names goes on with one incident, and ends it once") {
  for (const auto after : {5s, 20s, 200s}) {
    CAPTURE(after.count());
    ProbedWorld world(make_config(sites(40, 30s), {make_rule("bad-gateway", "bad_gateway")}),
                      outage(600s, 1200s));
    world.resolve([](const std::string&) { return gateway; });
    world.run_until(600s + after);
    world.restart(2s);
    world.run_until(1100s);
    CHECK(world.count("opened") == 1);
    CHECK(world.steps().back().incident.routes.size() == 40);
    world.run_until(1400s);
    CHECK(world.count("resolved") == 1);
    // It reopens as one, too.
    world.restart(2s);
    CHECK(world.desk().open_incidents() == 0);
  }
}

TEST_CASE("the outage of many names reopens as one, also after a restart") {
  ProbedWorld world(make_config(sites(10, 10s), {make_rule("bad-gateway", "bad_gateway")}),
                    [](const std::string&, const std::string&, Time time) {
                      const bool fails = (time >= 600s && time < 800s) || time >= 1100s;
                      return fails ? bad_gateway : ok;
                    });
  world.resolve([](const std::string&) { return gateway; });
  world.run_until(1000s);
  REQUIRE(world.count("resolved") == 1);
  world.restart(2s);
  world.run_until(1300s);
  CHECK(world.count("opened") == 1);
  CHECK(world.count("reopened") == 1);
  CHECK(world.steps().back().incident.routes.size() == 10);
}

TEST_CASE("a certificate of many names that runs out is one incident") {
  ProbedWorld world(make_config(sites(10, 10s), {make_rule("certificate", "cert_expiring")}),
                    [](const std::string&, const std::string&, Time time) {
                      return time >= 600s ? Answer{Outcome::Ok, 200, true} : ok;
                    });
  world.resolve([](const std::string&) { return gateway; });
  world.run_until(900s);
  CHECK(world.count("opened") == 1);
  CHECK(world.steps().back().incident.routes.size() == 10);
}

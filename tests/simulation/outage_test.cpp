// What the daemon exists for, on the simulated network: a gateway begins to answer 502, and who
// has to know knows it within seconds, once; it recovers, and they know that, once.

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/simulation/simulated_daemon.h"

using namespace gatewatch;
using namespace gatewatch::tests;
using namespace std::chrono_literals;

namespace {

const Endpoint gateway = Endpoint::parse("192.0.2.1:80").value();

// A gateway whose upstream can be down.
struct Gateway {
  explicit Gateway(SimulatedNetwork& network) {
    network.serve(gateway, [this](SimulatedNetwork::Conversation& conversation) {
      if (conversation.received().find("\r\n\r\n") == std::string::npos) return;
      const std::string status = down ? "502 Bad Gateway" : "200 OK";
      conversation.send("HTTP/1.1 " + status +
                        "\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi");
    });
  }
  bool down = false;
};

std::vector<std::string> states(const std::vector<SentMessage>& sent) {
  std::vector<std::string> states;
  for (const auto& message : sent) {
    states.push_back(nlohmann::json::parse(message.body).at("state").get<std::string>());
  }
  return states;
}

// When a probe had seen the first 502, on the wall clock.
std::optional<Timestamp> first_bad_gateway(const SimulatedDaemon& daemon) {
  for (const auto& result : daemon.results()) {
    if (result.status == 502) return result.started + result.duration();
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("an outage is told once within 5 s of its first 502, at any interval, and ended once") {
  for (const auto interval : {config::Duration(1s), config::Duration(5s), config::Duration(10s),
                              config::Duration(30s), config::Duration(5min)}) {
    CAPTURE(interval.count());
    SimulatedNetwork network;
    Gateway site(network);
    SimulatedDaemon daemon(network, simulated_config(gateway, 1, interval));
    daemon.run_for(10min);
    CHECK(daemon.sent().empty());
    site.down = true;
    daemon.run_for(interval + 10s);
    REQUIRE(states(daemon.sent()) == std::vector<std::string>{"firing"});
    const auto told =
        network.clock().wall_now() - std::chrono::duration_cast<std::chrono::microseconds>(
                                         network.clock().now() - daemon.sent()[0].at);
    CHECK(told - first_bad_gateway(daemon).value() <= 5s);
    daemon.run_for(10min);
    site.down = false;
    daemon.run_for(20min + 10 * interval);
    CHECK(states(daemon.sent()) == std::vector<std::string>{"firing", "resolved"});
  }
}

TEST_CASE("lone 502s are stored and wake nobody") {
  SimulatedNetwork network;
  Gateway site(network);
  SimulatedDaemon daemon(network, simulated_config(gateway, 1, 10s));
  for (int fault = 0; fault < 20; ++fault) {
    daemon.run_for(15min);
    const auto seen = daemon.results().size();
    site.down = true;
    while (daemon.results().size() == seen) daemon.run_for(100ms);
    site.down = false;
  }
  daemon.run_for(15min);
  CHECK(daemon.sent().empty());
  CHECK(std::ranges::count(daemon.results(), 502, &Result::status) >= 20);
  CHECK(daemon.store().results({.route = {}, .from = {}, .before = {}, .limit = 100'000})->size() ==
        daemon.results().size());
}

TEST_CASE("500 routes behind one gateway are one outage: one opening, one resolution") {
  SimulatedNetwork network;
  Gateway site(network);
  SimulatedDaemon daemon(network, simulated_config(gateway, 500, 30s));
  daemon.run_for(5min);
  site.down = true;
  daemon.run_for(3min);
  site.down = false;
  daemon.run_for(20min);
  const auto incidents = daemon.store().incidents({}).value();
  CHECK(incidents.size() == 1);
  const auto told = states(daemon.sent());
  CHECK(told.front() == "firing");
  CHECK(std::ranges::count(told, "resolved") == 1);
  CHECK(told.size() <= 5);  // the opening, what came to it at most once a minute, the end
}

TEST_CASE("a crash at any moment of an outage loses and doubles nothing") {
  for (const auto before_crash : {0s, 1s, 2s, 3s, 5s, 10s, 60s}) {
    CAPTURE(before_crash.count());
    SimulatedNetwork network;
    Gateway site(network);
    SimulatedDaemon daemon(network, simulated_config(gateway, 1, 10s));
    daemon.run_for(5min);
    site.down = true;
    while (!first_bad_gateway(daemon)) daemon.run_for(100ms);
    daemon.run_for(before_crash);
    daemon.crash();
    network.run_for(20s);
    daemon.start();
    daemon.run_for(2min);
    CHECK(states(daemon.sent()) == std::vector<std::string>{"firing"});
    site.down = false;
    daemon.run_for(5s);
    daemon.crash();
    network.run_for(20s);
    daemon.start();
    daemon.run_for(20min);
    CHECK(states(daemon.sent()) == std::vector<std::string>{"firing", "resolved"});
    std::set<std::string> keys;
    for (const auto& message : daemon.sent()) keys.insert(message.key);
    CHECK(keys.size() == daemon.sent().size());
  }
}

TEST_CASE("an outage that ends while we are down is resolved when we are back") {
  SimulatedNetwork network;
  Gateway site(network);
  SimulatedDaemon daemon(network, simulated_config(gateway, 1, 10s));
  daemon.run_for(5min);
  site.down = true;
  daemon.run_for(1min);
  daemon.crash();
  site.down = false;
  network.run_for(1h);
  daemon.start();
  daemon.run_for(5min);
  CHECK(states(daemon.sent()) == std::vector<std::string>{"firing", "resolved"});
}

TEST_CASE("the end of an outage is told within an interval and 10 s, once") {
  for (const auto interval : {config::Duration(1s), config::Duration(10s), config::Duration(30s),
                              config::Duration(5min)}) {
    for (const auto length : {60s, 5 * 60s, 30 * 60s}) {
      CAPTURE(interval.count());
      CAPTURE(length.count());
      SimulatedNetwork network;
      Gateway site(network);
      SimulatedDaemon daemon(network, simulated_config(gateway, 1, interval));
      daemon.run_for(10min);
      site.down = true;
      while (daemon.sent().empty()) daemon.run_for(1s);
      daemon.run_for(length);
      site.down = false;
      const auto end = network.clock().now();
      daemon.run_for(30min);
      REQUIRE(states(daemon.sent()) == std::vector<std::string>{"firing", "resolved"});
      CHECK(daemon.sent()[1].at - end <= interval + 10s);
    }
  }
}

TEST_CASE("a reload within an outage tells nothing, and one that takes the route away says so") {
  SimulatedNetwork network;
  Gateway site(network);
  const auto config = simulated_config(gateway, 1, 10s);
  SimulatedDaemon daemon(network, config);
  daemon.run_for(5min);
  site.down = true;
  daemon.run_for(1min);
  auto changed = std::make_shared<config::Config>(*config);
  auto& route = changed->routes.front();
  route.timeout = 3s;
  route.headers.push_back({"X-Key", config::Secret("new")});
  route.expect.status.add(304);
  daemon.reload(changed);
  daemon.run_for(10min);
  CHECK(states(daemon.sent()) == std::vector<std::string>{"firing"});
  SUBCASE("the site recovers") {
    site.down = false;
    daemon.run_for(1min);
    REQUIRE(states(daemon.sent()) == std::vector<std::string>{"firing", "resolved"});
    CHECK(nlohmann::json::parse(daemon.sent()[1].body).at("reason") == "");
  }
  SUBCASE("the route is removed") {
    auto without = std::make_shared<config::Config>(*changed);
    without->routes.clear();
    daemon.reload(without);
    daemon.run_for(1min);
    REQUIRE(states(daemon.sent()) == std::vector<std::string>{"firing", "resolved"});
    CHECK(nlohmann::json::parse(daemon.sent()[1].body).at("reason") ==
          "the route was removed from the configuration");
  }
}

// Promise: what fails for want of our own network is no outage of anybody's. It is told once, as
// our own; and a host that really fails is told as fast as ever.

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/simulation/simulated_daemon.h"

using namespace gatewatch;
using namespace gatewatch::tests;
using namespace std::chrono_literals;
using Fault = SimulatedNetwork::ConnectFault;

namespace {

// Unrelated hosts, each with `routes` of its own.
class Hosts {
 public:
  Hosts(SimulatedNetwork& network, int count, int routes, config::Duration interval)
      : network_(network) {
    auto made = *simulated_config(endpoint(0), count * routes, interval);
    for (int number = 0; number < count; ++number) {
      const auto host = fmt::format("www.example{}.com", number);
      network.set_name(host, {endpoint(number).address}, 1s);
      network.serve(endpoint(number), [this, number](SimulatedNetwork::Conversation& talk) {
        if (talk.received().find("\r\n\r\n") == std::string::npos) return;
        talk.send(fmt::format("HTTP/1.1 {}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi",
                              number == bad ? "502 Bad Gateway" : "200 OK"));
      });
      for (int route = 0; route < routes; ++route) {
        auto& configured = made.routes[static_cast<std::size_t>(number * routes + route)];
        configured.url = Url::parse(fmt::format("http://{}/{}", host, route)).value();
      }
    }
    config = std::make_shared<const config::Config>(std::move(made));
  }

  static Endpoint endpoint(int number) {
    return Endpoint::parse(fmt::format("192.0.{}.1:80", number)).value();
  }
  void fail(int number, Fault fault) { network_.set_connect_fault(endpoint(number), fault); }

  std::shared_ptr<const config::Config> config;
  int bad = -1;  // the host that answers 502

 private:
  SimulatedNetwork& network_;
};

// "firing down", "resolved blind", …: in the order of being sent.
std::vector<std::string> told(const SimulatedDaemon& daemon) {
  std::vector<std::string> lines;
  for (const auto& message : daemon.sent()) {
    const auto body = nlohmann::json::parse(message.body);
    lines.push_back(body.at("state").get<std::string>() + " " + body.at("rule").get<std::string>());
  }
  return lines;
}

std::size_t failing(const SimulatedDaemon& daemon) {
  return static_cast<std::size_t>(std::ranges::count_if(daemon.results(), &Result::is_failing));
}

const std::vector<std::string> blind_and_back = {"firing blind", "resolved blind"};

}  // namespace

TEST_CASE("an outage of our uplink is told once, as ours, and counts against no route") {
  for (const auto fault : {Fault::Drop, Fault::Unreachable}) {
    for (const auto interval : {config::Duration(1s), config::Duration(30s)}) {
      for (const int hosts : {3, 8}) {
        CAPTURE(static_cast<int>(fault));
        CAPTURE(interval.count());
        CAPTURE(hosts);
        SimulatedNetwork network;
        const Hosts site(network, hosts, 3, interval);
        SimulatedDaemon daemon(network, site.config);
        daemon.run_for(2min);
        network.set_uplink_fault(fault);
        daemon.run_for(10min);
        CHECK(told(daemon) == std::vector<std::string>{"firing blind"});
        network.set_uplink_fault(Fault::None);
        daemon.run_for(10min);
        CHECK(told(daemon) == blind_and_back);
        CHECK(failing(daemon) == 0);
        const auto ours = std::ranges::count(daemon.results(), "uplink", &Result::reason);
        CHECK(ours >= 3 * hosts);
        CHECK(daemon.results().back().outcome == Outcome::Ok);
      }
    }
  }
}

TEST_CASE("an uplink that goes and comes raises no alarm for any host") {
  SimulatedNetwork network;
  const Hosts site(network, 6, 5, 5s);
  SimulatedDaemon daemon(network, site.config);
  daemon.run_for(1min);
  for (int turn = 0; turn < 40; ++turn) {
    network.set_uplink_fault(turn % 2 == 0 ? Fault::Drop : Fault::None);
    daemon.run_for(std::chrono::milliseconds(1'700 + 613 * (turn % 9)));
  }
  network.set_uplink_fault(Fault::None);
  daemon.run_for(20min);
  for (const auto& line : told(daemon)) CHECK(line.ends_with(" blind"));
}

TEST_CASE("a host that fails by itself is told within 5 s of its first failing probe") {
  for (const auto fault : {Fault::Refuse, Fault::Unreachable}) {
    for (const auto interval : {config::Duration(1s), config::Duration(30s)}) {
      CAPTURE(static_cast<int>(fault));
      CAPTURE(interval.count());
      SimulatedNetwork network;
      Hosts site(network, 5, 2, interval);
      SimulatedDaemon daemon(network, site.config);
      daemon.run_for(2min);
      site.fail(2, fault);
      const auto before = network.clock().now();
      daemon.run_for(interval + 10s);
      REQUIRE(told(daemon) == std::vector<std::string>{"firing down"});
      const auto first = std::ranges::find_if(daemon.results(), &Result::is_failing);
      REQUIRE(first != daemon.results().end());
      const auto told_at =
          network.clock().wall_now() - std::chrono::duration_cast<std::chrono::microseconds>(
                                           network.clock().now() - daemon.sent()[0].at);
      CHECK(told_at - (first->started + first->duration()) <= 5s);
      CHECK(daemon.sent()[0].at > before);
    }
  }
}

TEST_CASE("what answers 502 while the uplink is whole waits for nobody") {
  SimulatedNetwork network;
  Hosts site(network, 5, 1, 30s);
  SimulatedDaemon daemon(network, site.config);
  daemon.run_for(2min);
  site.bad = 1;
  daemon.run_for(40s);
  CHECK(told(daemon) == std::vector<std::string>{"firing bad-gateway"});
}

TEST_CASE("half of the hosts failing at once is their outage, not ours") {
  SimulatedNetwork network;
  Hosts site(network, 6, 2, 5s);
  SimulatedDaemon daemon(network, site.config);
  daemon.run_for(1min);
  for (const int host : {0, 1, 2}) site.fail(host, Fault::Unreachable);
  daemon.run_for(1min);
  const auto lines = told(daemon);
  CHECK(lines.size() == 3);
  for (const auto& line : lines) CHECK(line == "firing down");
}

TEST_CASE("with two unrelated hosts nothing can be told apart, and silence counts") {
  SimulatedNetwork network;
  const Hosts site(network, 2, 1, 5s);
  SimulatedDaemon daemon(network, site.config);
  daemon.run_for(1min);
  network.set_uplink_fault(Fault::Unreachable);
  daemon.run_for(1min);
  CHECK(told(daemon).size() == 2);
}

TEST_CASE("a start without an uplink is blind, and alarms for nobody") {
  SimulatedNetwork network;
  const Hosts site(network, 5, 2, 30s);
  network.set_uplink_fault(Fault::Drop);
  SimulatedDaemon daemon(network, site.config);
  daemon.run_for(10min);
  network.set_uplink_fault(Fault::None);
  daemon.run_for(5min);
  CHECK(told(daemon) == blind_and_back);
  CHECK(failing(daemon) == 0);
}

TEST_CASE("a crash while blind tells nothing twice, and a start afterwards that it sees again") {
  SimulatedNetwork network;
  const Hosts site(network, 5, 2, 30s);
  SimulatedDaemon daemon(network, site.config);
  daemon.run_for(2min);
  network.set_uplink_fault(Fault::Drop);
  daemon.run_for(2min);
  daemon.crash();
  bool mended_before_start = false;
  SUBCASE("it is mended later") {}
  SUBCASE("it is mended before") {
    mended_before_start = true;
  }
  if (mended_before_start) network.set_uplink_fault(Fault::None);
  network.run_for(1min);
  daemon.start();
  daemon.run_for(2min);
  if (!mended_before_start) CHECK(told(daemon) == std::vector<std::string>{"firing blind"});
  network.set_uplink_fault(Fault::None);
  daemon.run_for(2min);
  CHECK(told(daemon) == blind_and_back);
  CHECK(failing(daemon) == 0);
}

TEST_CASE("an incident that is open when we go blind stays open, and ends when it is over") {
  SimulatedNetwork network;
  Hosts site(network, 5, 1, 5s);
  SimulatedDaemon daemon(network, site.config);
  daemon.run_for(1min);
  site.bad = 1;
  daemon.run_for(1min);
  network.set_uplink_fault(Fault::Drop);
  daemon.run_for(20min);
  CHECK(told(daemon) == std::vector<std::string>{"firing bad-gateway", "firing blind"});
  network.set_uplink_fault(Fault::None);
  daemon.run_for(1min);
  CHECK(told(daemon) ==
        std::vector<std::string>{"firing bad-gateway", "firing blind", "resolved blind"});
  site.bad = -1;
  daemon.run_for(5min);
  CHECK(told(daemon) == std::vector<std::string>{"firing bad-gateway", "firing blind",
                                                 "resolved blind", "resolved bad-gateway"});
}

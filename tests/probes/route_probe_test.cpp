#include "probes/route_probe.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/probes/probe_scene.h"

using namespace gatewatch;
using namespace gatewatch::tests;
using namespace std::chrono_literals;
using Fault = SimulatedNetwork::ConnectFault;

namespace {

config::Route route_of_all() {
  auto route = make_route("http://shop.example/");
  route.addresses = config::AddressChoice::All;
  return route;
}

// shop.example has two addresses, and nothing answers at either.
struct SilentScene : Scene {
  SilentScene() {
    network.set_name("shop.example", {address("192.0.2.1"), address("192.0.2.2")});
    network.set_connect_fault(web, Fault::Drop);
    network.set_connect_fault(other, Fault::Drop);
  }
};

// One turn of a route, and all its results.
struct Turn {
  explicit Turn(Scene& scene, const config::Route& route, std::uint64_t number = 0)
      : probe(make_route_probe(scene.network, std::make_shared<const ProbeIdentity>(scene.identity),
                               make_target(route), ProbeKind::Scheduled, number,
                               [this](Result result) {
                                 CHECK_FALSE(is_over);
                                 CHECK(result.turn_goes_on);
                                 results.push_back(std::move(result));
                               })) {
    probe->start([this](Result result) {
      CHECK_FALSE(result.turn_goes_on);
      results.push_back(std::move(result));
      is_over = true;
      probe.reset();
    });
    CHECK(results.empty());
  }
  void run(Scene& scene) {
    scene.network.run_until([this] { return is_over; }, 60s);
    REQUIRE(is_over);
    std::ranges::sort(results, {}, &Result::remote);
  }

  std::vector<Result> results;
  bool is_over = false;
  std::unique_ptr<Probe> probe;
};

}  // namespace

TEST_CASE("with all, each address of the name has a result of its own") {
  Scene scene;
  scene.network.set_name("shop.example", {address("192.0.2.2"), address("192.0.2.1")});
  scene.network.serve(web, answering(ok_answer()));
  scene.network.set_connect_fault(other, Fault::Refuse);
  Turn turn(scene, route_of_all());
  turn.run(scene);
  REQUIRE(turn.results.size() == 2);
  CHECK(turn.results[0].remote == web);
  CHECK(turn.results[0].outcome == Outcome::Ok);
  CHECK(turn.results[1].remote == other);
  CHECK(turn.results[1].outcome == Outcome::ConnectRefused);
  CHECK(turn.results[0].resolved == turn.results[1].resolved);
  CHECK(turn.results[0].started == turn.results[1].started);
  CHECK(turn.results[0].trace_id != turn.results[1].trace_id);
}

TEST_CASE("the probes of a turn share one deadline") {
  SilentScene scene;
  Turn turn(scene, route_of_all());
  const auto began = scene.network.clock().now();
  turn.run(scene);
  CHECK(scene.network.clock().now() - began == 10s);
  for (const auto& result : turn.results) {
    CHECK(result.outcome == Outcome::ConnectTimeout);
    CHECK(result.duration() == 10s);
  }
}

TEST_CASE("a name that is not resolved is one result") {
  Scene scene;
  scene.network.set_name_failure("shop.example", net::DnsStatus::NxDomain);
  Turn turn(scene, route_of_all());
  turn.run(scene);
  REQUIRE(turn.results.size() == 1);
  CHECK(turn.results[0].reason == "nxdomain");
}

TEST_CASE("of many addresses sixteen have their turn, and then the next ones") {
  Scene scene;
  std::vector<IpAddress> many;
  for (int last = 1; last <= 20; ++last) many.push_back(address(fmt::format("192.0.2.{}", last)));
  scene.network.set_name("shop.example", many);
  Turn first(scene, route_of_all(), 0);
  first.run(scene);
  CHECK(first.results.size() == most_addresses_at_once);
  CHECK(first.results.back().remote == Endpoint{many[15], 80});
  Turn second(scene, route_of_all(), 1);
  second.run(scene);
  CHECK(second.results.back().remote == Endpoint{many[19], 80});
}

TEST_CASE("a redirect to another host is followed to whichever address answers there") {
  Scene scene;
  const auto third = Endpoint::parse("192.0.2.3:80").value();
  scene.network.set_name("other.example", {address("192.0.2.2"), address("192.0.2.3")});
  scene.network.set_connect_fault(other, Fault::Refuse);
  scene.network.serve(third, answering(ok_answer()));
  scene.network.serve(web, answering(redirect_to("http://other.example/")));
  Turn turn(scene, route_of_all());
  turn.run(scene);
  REQUIRE(turn.results.size() == 1);
  CHECK(turn.results[0].outcome == Outcome::Ok);
  CHECK(turn.results[0].remote == third);
}

TEST_CASE("a turn that is cancelled cancels all its probes") {
  SilentScene scene;
  Turn turn(scene, route_of_all());
  scene.network.run_for(1s);
  CHECK(scene.network.connects(other) == 1);
  turn.probe.reset();
  scene.network.run_for(60s);
  CHECK(turn.results.empty());
}

TEST_CASE("without all a turn is one probe") {
  Scene scene;
  scene.network.set_name("shop.example", {address("192.0.2.1"), address("192.0.2.2")});
  scene.network.serve(web, answering(ok_answer()));
  scene.network.serve(other, answering(ok_answer()));
  Turn turn(scene, make_route("http://shop.example/"), 1);
  turn.run(scene);
  REQUIRE(turn.results.size() == 1);
  CHECK(turn.results[0].remote == other);
}

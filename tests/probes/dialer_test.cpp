#include "probes/dialer.h"

#include <chrono>
#include <optional>
#include <string>

#include <doctest/doctest.h>

#include "tests/fakes/simulated_network.h"

using namespace gatewatch;
using namespace gatewatch::tests;
using namespace std::chrono_literals;
using Fault = SimulatedNetwork::ConnectFault;

namespace {

const Endpoint first = Endpoint::parse("192.0.2.1:80").value();
const Endpoint second = Endpoint::parse("[2001:db8::2]:80").value();
const Endpoint third = Endpoint::parse("192.0.2.3:80").value();

struct Scene {
  SimulatedNetwork network;
  std::optional<Dialed> dialed;
  std::unique_ptr<Dialer> dialer;
  Instant began = network.clock().now();

  ~Scene() {
    dialer.reset();
    dialed.reset();
  }

  void serve(const Endpoint& endpoint) {
    network.serve(endpoint, [](SimulatedNetwork::Conversation&) {});
  }
  // How long it took.
  std::chrono::nanoseconds dial(std::vector<Endpoint> endpoints) {
    dialer = std::make_unique<Dialer>(network, std::move(endpoints));
    dialer->start([this](Dialed result) {
      dialed = std::move(result);
      dialer.reset();
    });
    REQUIRE_FALSE(dialed.has_value());
    network.run_until([this] { return dialed.has_value(); }, 300s);
    REQUIRE(dialed.has_value());
    return network.clock().now() - began;
  }
};

}  // namespace

TEST_CASE("the first address that answers is taken, and no other is tried") {
  Scene scene;
  scene.serve(first);
  scene.serve(second);
  CHECK(scene.dial({first, second}) == 1ms);
  CHECK(scene.dialed->stream != nullptr);
  CHECK(scene.dialed->endpoint == first);
  CHECK_FALSE(scene.dialed->failed_before.has_value());
  scene.network.run_for(10s);
  CHECK(scene.network.connects(second) == 0);
}

TEST_CASE("a refused address is followed by the next one at once") {
  Scene scene;
  scene.network.set_connect_fault(first, Fault::Refuse);
  scene.serve(second);
  CHECK(scene.dial({first, second}) == 2ms);
  CHECK(scene.dialed->endpoint == second);
  REQUIRE(scene.dialed->failed_before.has_value());
  CHECK(scene.dialed->failed_before->first == first);
  CHECK(scene.dialed->failed_before->second.status == net::IoStatus::Refused);
  CHECK(scene.dialed->broken_family == IpFamily::V4);
}

TEST_CASE("a silent address is overtaken after 250 ms") {
  Scene scene;
  scene.network.set_connect_fault(first, Fault::Drop);
  scene.network.set_connect_fault(second, Fault::Drop);
  scene.serve(third);
  CHECK(scene.dial({first, second, third}) == 501ms);
  CHECK(scene.dialed->endpoint == third);
  CHECK(scene.dialed->failed_before->second.status == net::IoStatus::TimedOut);
  CHECK(scene.dialed->broken_family == IpFamily::V6);
}

TEST_CASE("a slow address still wins when the next one is slower") {
  Scene scene;
  scene.network.set_latency(150ms);
  scene.serve(first);
  scene.serve(second);
  CHECK(scene.dial({first, second}) == 300ms);
  CHECK(scene.dialed->endpoint == first);
  CHECK_FALSE(scene.dialed->broken_family.has_value());  // it was only later
  CHECK(scene.network.connects(second) == 1);
}

TEST_CASE("when all fail, the failure that says most of the target is told") {
  Scene scene;
  scene.network.set_connect_fault(first, Fault::NoResources);
  scene.network.set_connect_fault(second, Fault::Unreachable);
  scene.network.set_connect_fault(third, Fault::Refuse);
  scene.dial({third, second, first});
  CHECK(scene.dialed->stream == nullptr);
  CHECK(scene.dialed->endpoint == third);
  CHECK(scene.dialed->result.status == net::IoStatus::Refused);
}

TEST_CASE("nothing is told of the failures while an attempt is still open") {
  Scene scene;
  scene.network.set_connect_fault(first, Fault::Drop);
  scene.network.set_connect_fault(second, Fault::Refuse);
  CHECK(scene.dial({first, second}) == 127s);
  CHECK(scene.dialed->endpoint == second);
  CHECK(scene.dialed->result.status == net::IoStatus::Refused);
}

TEST_CASE("our own shortage is told only where nothing else is known") {
  Scene scene;
  scene.network.set_connect_fault(first, Fault::NoResources);
  scene.dial({first});
  CHECK(scene.dialed->result.status == net::IoStatus::NoResources);
}

TEST_CASE("a destroyed dialer calls nobody") {
  Scene scene;
  scene.network.set_connect_fault(first, Fault::Drop);
  scene.serve(second);
  scene.dialer = std::make_unique<Dialer>(scene.network, std::vector{first, second});
  scene.dialer->start([](Dialed) { FAIL("called after its end"); });
  scene.network.run_for(250ms);
  scene.dialer.reset();
  scene.network.run_for(300s);
}

#include "tests/fakes/simulated_network.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/contracts/network_contract.h"
#include "tests/fakes/stream_recorder.h"

namespace gatewatch::tests {
namespace {

using Fault = SimulatedNetwork::ConnectFault;

class SimulatedHarness {
 public:
  [[nodiscard]] net::Network& network() { return network_; }
  bool run_until(const std::function<bool()>& condition) {
    return network_.run_until(condition, std::chrono::hours(1));
  }

 private:
  SimulatedNetwork network_;
};

const Endpoint server = Endpoint::parse("192.0.2.1:80").value();

TEST_CASE_TEMPLATE_INVOKE(network_contract, SimulatedHarness);

TEST_CASE("time passes only when told, and the wall clock jumps alone") {
  SimulatedNetwork network;
  const Instant begin = network.clock().now();
  const Timestamp wall = network.clock().wall_now();
  network.run_for(90s);
  CHECK(network.clock().now() == begin + 90s);
  CHECK(network.clock().wall_now() == wall + 90s);
  network.jump_wall_clock(-1h);
  CHECK(network.clock().now() == begin + 90s);
  CHECK(network.clock().wall_now() == wall + 90s - 1h);
  CHECK_FALSE(network.step());
}

TEST_CASE("a scripted server answers, and the answer takes its time") {
  SimulatedNetwork network;
  network.set_latency(10ms);
  network.serve(server, [](SimulatedNetwork::Conversation& conversation) {
    if (conversation.received() != "ask") return;
    conversation.after(100ms, [&conversation] {
      conversation.send("answer");
      conversation.finish();
    });
  });
  const Instant begin = network.clock().now();
  StreamRecorder client(network.stream());
  client.after_connected = [&] {
    client.stream->read_start();
    client.stream->write("ask");
  };
  client.stream->connect(server);
  REQUIRE(network.run_until([&] { return client.ended.has_value(); }, 1h));
  CHECK(client.text == "answer");
  CHECK(client.ended->status == net::IoStatus::EndOfStream);
  CHECK(network.clock().now() - begin == 140ms);  // handshake, question, thinking, answer
  CHECK(network.connects(server) == 1);
}

TEST_CASE("a scripted server may reset") {
  SimulatedNetwork network;
  network.serve(server, [](auto& conversation) { conversation.reset(); });
  StreamRecorder client(network.stream());
  client.after_connected = [&] { client.stream->read_start(); };
  client.stream->connect(server);
  REQUIRE(network.run_until([&] { return client.ended.has_value(); }, 1h));
  CHECK(client.connected->ok());
  CHECK(client.ended->status == net::IoStatus::Reset);
}

TEST_CASE("connect faults look as from the kernel") {
  const std::vector<std::pair<Fault, net::IoStatus>> faults = {
      {Fault::Refuse, net::IoStatus::Refused},
      {Fault::Drop, net::IoStatus::TimedOut},
      {Fault::Unreachable, net::IoStatus::Unreachable},
      {Fault::NoRoute, net::IoStatus::NoRoute},
      {Fault::NoResources, net::IoStatus::NoResources}};
  for (const auto& [fault, status] : faults) {
    SimulatedNetwork network;
    network.serve(server, [](auto&) {});
    network.set_connect_fault(server, fault);
    StreamRecorder client(network.stream());
    client.stream->connect(server);
    network.run_for(fault == Fault::Drop ? 120s : 0s);
    const bool is_at_once = fault == Fault::NoResources || fault == Fault::NoRoute;
    CHECK((is_at_once || client.connects == 0));
    REQUIRE(network.run_until([&] { return client.connected.has_value(); }, 1h));
    CHECK(client.connected->status == status);
  }
}

TEST_CASE("names answer as scripted, regardless of case and final dot") {
  SimulatedNetwork network;
  network.set_name("shop.test", {IpAddress::parse("192.0.2.1").value()}, 30s);
  network.set_name_failure("broken.test", net::DnsStatus::ServFail, 2s);
  std::vector<net::Resolution> answers;
  std::vector<std::unique_ptr<net::Lookup>> lookups;
  for (const auto* const host : {"Shop.test.", "nowhere.test", "broken.test"}) {
    lookups.push_back(network.resolver("system").resolve(
        host, config::IpPreference::Any, [&](const auto& answer) { answers.push_back(answer); }));
  }
  network.run_for(1s);
  REQUIRE(answers.size() == 2);
  CHECK(answers[0].addresses.size() == 1);
  CHECK(answers[0].ttl == 30s);
  CHECK(answers[1].status == net::DnsStatus::NxDomain);
  network.run_for(1s);
  REQUIRE(answers.size() == 3);
  CHECK(answers[2].status == net::DnsStatus::ServFail);
}

TEST_CASE("jitter changes the times by the seed, never the order of one connection's bytes") {
  std::vector<std::int64_t> times;
  for (const std::uint64_t seed : {1, 2, 1}) {
    SimulatedNetwork network(seed);
    network.set_jitter(50ms);
    network.serve(server, [](SimulatedNetwork::Conversation& conversation) {
      for (const auto* const digit : {"0", "1", "2", "3", "4"}) conversation.send(digit);
      conversation.finish();
    });
    StreamRecorder client(network.stream());
    client.after_connected = [&] { client.stream->read_start(); };
    client.stream->connect(server);
    REQUIRE(network.run_until([&] { return client.ended.has_value(); }, 1h));
    CHECK(client.text == "01234");
    times.push_back(network.clock().now().time_since_epoch().count());
  }
  CHECK(times[0] == times[2]);
  CHECK(times[0] != times[1]);
}

}  // namespace
}  // namespace gatewatch::tests

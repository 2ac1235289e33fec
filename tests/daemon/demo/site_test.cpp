#include "daemon/demo/site.h"

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include <doctest/doctest.h>

#include "daemon/demo/gateway.h"
#include "daemon/demo/origin.h"
#include "probes/net/uv_network.h"
#include "tests/fakes/simulated_network.h"

using namespace gatewatch;
using namespace gatewatch::daemon;
using namespace std::chrono_literals;

namespace {

// One GET, read to the end.
class Fetch final : public net::StreamEvents {
 public:
  Fetch(net::Network& network, const Endpoint& endpoint) : stream_(network.stream()) {
    stream_->set_events(this);
    stream_->connect(endpoint);
  }
  void on_connected(net::IoResult result) override {
    if (!result.ok()) {
      done = true;
      return;
    }
    stream_->read_start();
    stream_->write("GET / HTTP/1.1\r\nHost: demo\r\n\r\n");
  }
  void on_written(net::IoResult) override {}
  void on_read(std::span<const char> bytes) override { answer.append(bytes.data(), bytes.size()); }
  void on_read_end(net::IoResult) override { done = true; }

  std::string answer;
  bool done = false;

 private:
  std::unique_ptr<net::Stream> stream_;
};

std::string fetch(tests::SimulatedNetwork& network, const Endpoint& endpoint) {
  Fetch fetch(network, endpoint);
  CHECK(network.run_until([&fetch] { return fetch.done; }, 10s));
  return fetch.answer;
}

}  // namespace

TEST_CASE("the gateway passes the origin's answer on, and says 502 itself while it is down") {
  tests::SimulatedNetwork network;
  const auto origin = DemoOrigin::start(network).value();
  const auto gateway = DemoGateway::start(network, origin->local()).value();
  CHECK(fetch(network, gateway->local()).starts_with("HTTP/1.1 200 OK\r\n"));
  origin->go_down();
  CHECK(fetch(network, gateway->local()).starts_with("HTTP/1.1 502 Bad Gateway\r\n"));
  origin->come_back();
  CHECK(fetch(network, gateway->local()).starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("the site answers on a real socket and goes down by its schedule") {
  const auto site = DemoSite::start({.period = 1h, .begin = 0ms, .end = 59min}).value();
  auto network = net::UvNetwork::create().value();
  const auto poll = network->timer();
  // The outage begins with the site's first turn of its loop: ask until it shows.
  std::string answer;
  std::unique_ptr<Fetch> request;
  std::function<void()> ask = [&] {
    if (request != nullptr && request->done) {
      answer = request->answer;
      request.reset();
      if (answer.starts_with("HTTP/1.1 502 ")) return network->stop();
    }
    if (request == nullptr) request = std::make_unique<Fetch>(*network, site->gateway());
    poll->start(5ms, [&ask] { ask(); });
  };
  ask();
  network->run();
  CHECK(answer.starts_with("HTTP/1.1 502 "));
}

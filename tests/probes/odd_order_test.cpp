#include <chrono>
#include <string>

#include <doctest/doctest.h>

#include "tests/probes/odd_stream.h"
#include "tests/probes/probe_fixture.h"

using namespace gatewatch;
using namespace gatewatch::tests;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

Result probe(OddNetwork& network, const config::Route& route) {
  ProbeRun run(network, route);
  run.start();
  network.world().run_until([&run] { return run.is_done(); }, 60s);
  REQUIRE(run.is_done());
  return run.result();
}

}  // namespace

TEST_CASE("what a server said before it refused our request is its answer") {
  OddNetwork network({"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"},
                     net::IoStatus::Reset);
  const auto result = probe(network, make_route("http://192.0.2.1/"));
  CHECK(result.outcome == Outcome::StatusMismatch);
  CHECK(result.status == 408);
}

TEST_CASE("a proxy that answers before our write is confirmed is not written to twice") {
  OddNetwork network({"\x05\x00"s, "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"s,
                      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"},
                     net::IoStatus::Ok);
  auto route = make_route("http://shop.example/");
  route.proxy = config::Secret("socks5://192.0.2.9");
  CHECK(probe(network, route).outcome == Outcome::Ok);
}

// The simulated site that the tests of the probe share: shop.example and other.example, scripted
// answers, and one probe run to its end.

#pragma once

#include <chrono>
#include <functional>
#include <string>

#include <doctest/doctest.h>

#include "tests/fakes/simulated_network.h"
#include "tests/probes/probe_fixture.h"

namespace gatewatch::tests {

using Conversation = SimulatedNetwork::Conversation;

inline const Endpoint web = Endpoint::parse("192.0.2.1:80").value();
inline const Endpoint secure = Endpoint::parse("192.0.2.1:443").value();
inline const Endpoint other = Endpoint::parse("192.0.2.2:80").value();

inline IpAddress address(const std::string& text) {
  return IpAddress::parse(text).value();
}

inline std::string ok_answer(const std::string& body = "ok", const std::string& headers = "") {
  return "HTTP/1.1 200 OK\r\n" + headers + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

inline std::string redirect_to(const std::string& location, int status = 302) {
  return "HTTP/1.1 " + std::to_string(status) + " Found\r\nLocation: " + location +
         "\r\nContent-Length: 0\r\n\r\n";
}

inline bool asked(const Conversation& conversation) {
  return conversation.received().find("\r\n\r\n") != std::string::npos;
}

// A server that answers each request the same way.
inline std::function<void(Conversation&)> answering(const std::string& answer) {
  return [answer](Conversation& conversation) {
    if (asked(conversation)) conversation.send(answer);
  };
}

// shop.example is 192.0.2.1, other.example 192.0.2.2; names take 1 ms, a flight 0.5 ms.
struct Scene {
  Scene() {
    network.set_name("shop.example", {address("192.0.2.1")});
    network.set_name("other.example", {address("192.0.2.2")});
  }

  Result probe(const config::Route& route, std::uint64_t turn = 0) {
    ProbeRun run(network, route, turn, identity);
    run.start();
    network.run_until([&run] { return run.is_done(); }, std::chrono::seconds(60));
    REQUIRE(run.is_done());
    return run.result();
  }
  Result probe(const std::string& url) { return probe(make_route(url)); }

  SimulatedNetwork network;
  ProbeIdentity identity = make_identity();
};

inline std::chrono::microseconds at(const Result& result, Phase phase) {
  return result.timings[phase];
}

inline bool says(const Result& result, const std::string& text) {
  return result.detail.find(text) != std::string::npos;
}

}  // namespace gatewatch::tests

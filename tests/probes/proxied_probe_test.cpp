#include <chrono>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "probes/result_json.h"
#include "tests/fakes/simulated_network.h"
#include "tests/probes/probe_fixture.h"

using namespace gatewatch;
using namespace gatewatch::tests;
using namespace std::chrono_literals;
using namespace std::string_literals;
using Conversation = SimulatedNetwork::Conversation;
using Fault = SimulatedNetwork::ConnectFault;

namespace {

const Endpoint proxy = Endpoint::parse("192.0.2.9:3128").value();

constexpr auto ok_answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

struct Scene {
  Scene() { network.set_name("proxy.example", {IpAddress::parse("192.0.2.9").value()}); }

  Result probe(const std::string& url, const std::string& through) {
    auto route = make_route(url);
    route.proxy = config::Secret(through);
    ProbeRun run(network, route, 0, identity);
    run.start();
    network.run_until([&run] { return run.is_done(); }, 60s);
    REQUIRE(run.is_done());
    CHECK_FALSE(contains(run.result().detail, "PASSWORD"));
    CHECK_FALSE(contains(to_json(run.result()).dump(), "PASSWORD"));
    return run.result();
  }

  SimulatedNetwork network;
  ProbeIdentity identity = make_identity();
};

constexpr auto http_proxy = "http://user:PASSWORD@proxy.example:3128";
constexpr auto socks_proxy = "socks5://user:PASSWORD@proxy.example:3128";

// Speaks SOCKS5 with a password, then answers the request that comes through the tunnel.
void serve_socks(Conversation& conversation) {
  const auto& received = conversation.received();
  if (received.size() == 4) return conversation.send("\x05\x02"s);
  if (received.size() == 4 + 15) return conversation.send("\x01\x00"s);
  if (received.ends_with("shop.example\x00\x50"s)) {
    return conversation.send("\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"s);
  }
  if (received.ends_with("\r\n\r\n")) conversation.send(ok_answer);
}

}  // namespace

TEST_CASE("an http target is asked of an http proxy by its whole URL") {
  Scene scene;
  std::string seen;
  scene.network.serve(proxy, [&seen](Conversation& conversation) {
    seen = conversation.received();
    if (seen.ends_with("\r\n\r\n")) conversation.send(ok_answer);
  });
  const auto result = scene.probe("http://shop.example/a", http_proxy);
  CHECK(result.outcome == Outcome::Ok);
  CHECK(result.remote == proxy);
  CHECK(seen.starts_with("GET http://shop.example/a HTTP/1.1\r\nHost: shop.example\r\n"));
  CHECK(contains(seen, "Proxy-Authorization: Basic dXNlcjpQQVNTV09SRA==\r\n"));
}

TEST_CASE("an https target is reached through CONNECT, and its failures are its own") {
  Scene scene;
  scene.network.serve(proxy, [](Conversation& conversation) {
    const auto& received = conversation.received();
    if (received.ends_with("\r\n\r\n")) return conversation.send("HTTP/1.1 200 OK\r\n\r\n");
    if (contains(received, "\r\n\r\n")) conversation.send("this is no TLS at all");
  });
  const auto result = scene.probe("https://shop.example/", http_proxy);
  CHECK(result.outcome == Outcome::TlsFailure);
  CHECK(result.last_phase == Phase::Tls);
  CHECK(result.timings[Phase::Connect] == 2ms);  // the greeting is part of it
}

TEST_CASE("any target is reached through SOCKS5, which resolves its name") {
  Scene scene;
  scene.network.serve(proxy, serve_socks);
  const auto result = scene.probe("http://shop.example/", socks_proxy);
  CHECK(result.outcome == Outcome::Ok);
  CHECK(result.status == 200);
}

TEST_CASE("a proxy that cannot be reached is the proxy's failure, and is named") {
  Scene scene;
  const auto refused = scene.probe("https://shop.example/", http_proxy);
  CHECK(refused.outcome == Outcome::ProxyFailure);
  CHECK(refused.reason == "connect");
  CHECK(refused.last_phase == Phase::Connect);
  CHECK(contains(refused.detail, "the proxy proxy.example:3128"));
  const auto unknown = scene.probe("https://shop.example/", "socks5://nowhere.example");
  CHECK(unknown.outcome == Outcome::ProxyFailure);
  CHECK(unknown.reason == "dns");
  CHECK(contains(unknown.detail, "the proxy nowhere.example:1080"));
}

TEST_CASE("each refusal of the proxy has its reason") {
  Scene scene;
  const auto reason_of = [&scene](const std::string& answer, bool finish = false) {
    scene.network.serve(proxy, [=](Conversation& conversation) {
      if (!contains(conversation.received(), "\r\n\r\n")) return;
      if (!answer.empty()) conversation.send(answer);
      if (finish) conversation.finish();
    });
    const auto result = scene.probe("https://shop.example/", http_proxy);
    CHECK(result.outcome == Outcome::ProxyFailure);
    CHECK(contains(result.detail, "the proxy proxy.example:3128"));
    const bool answered = answer.starts_with("HTTP/1.1 ");
    CHECK(std::to_string(result.status) == (answered ? answer.substr(9, 3) : "0"));
    CHECK(result.evidence->head.starts_with(answer.substr(0, 8)));
    return result.reason;
  };
  CHECK(reason_of("HTTP/1.1 407 Authenticate\r\nContent-Length: 0\r\n\r\n") == "authentication");
  CHECK(reason_of("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n") == "refused");
  CHECK(reason_of("garbage\r\n\r\n") == "protocol");
  CHECK(reason_of("", true) == "closed");
  CHECK(reason_of("") == "timeout");
}

TEST_CASE("a proxy that resets is the proxy's failure, with and without a tunnel") {
  Scene scene;
  scene.network.serve(proxy, [](Conversation& conversation) {
    if (!conversation.received().empty()) conversation.reset();
  });
  for (const auto* const url : {"https://shop.example/", "http://shop.example/"}) {
    const auto result = scene.probe(url, http_proxy);
    CHECK(result.outcome == Outcome::ProxyFailure);
    CHECK(result.reason == "closed");
  }
  CHECK(scene.probe("http://shop.example/", socks_proxy).outcome == Outcome::ProxyFailure);
}

TEST_CASE("without a tunnel, 407 is the proxy's failure and 502 an answer") {
  Scene scene;
  const auto answer_with = [&scene](const std::string& status) {
    scene.network.serve(proxy, [status](Conversation& conversation) {
      if (!conversation.received().ends_with("\r\n\r\n")) return;
      conversation.send("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n");
    });
    return scene.probe("http://shop.example/", http_proxy);
  };
  CHECK(answer_with("407 Proxy Authentication Required").outcome == Outcome::ProxyFailure);
  CHECK(answer_with("502 Bad Gateway").outcome == Outcome::StatusMismatch);
}

TEST_CASE("a slow answer through a proxy is a timeout of the target") {
  Scene scene;
  scene.network.serve(proxy, [](Conversation&) {});
  const auto result = scene.probe("http://shop.example/", http_proxy);
  CHECK(result.outcome == Outcome::Timeout);
  CHECK(result.reason == "wait");
}

TEST_CASE("the policy holds for the proxy's address and for literal targets behind it") {
  Scene scene;
  scene.identity.policy = TargetPolicy::standard();
  scene.network.serve(proxy, [](Conversation& conversation) {
    if (conversation.received().ends_with("\r\n\r\n")) conversation.send(ok_answer);
  });
  CHECK(scene.probe("http://169.254.169.254/", http_proxy).outcome == Outcome::TargetRefused);
  CHECK(scene.network.connects(proxy) == 0);
  scene.network.set_name("proxy.example", {IpAddress::parse("169.254.1.1").value()});
  CHECK(scene.probe("http://shop.example/", http_proxy).outcome == Outcome::TargetRefused);
}

TEST_CASE("our own faults on the way to a proxy are still our own") {
  Scene scene;
  scene.network.set_connect_fault(proxy, Fault::NoResources);
  CHECK(scene.probe("http://shop.example/", http_proxy).outcome == Outcome::Vantage);
  scene.network.set_name_failure("proxy.example", net::DnsStatus::NoResolver);
  CHECK(scene.probe("http://shop.example/", socks_proxy).outcome == Outcome::Vantage);
}

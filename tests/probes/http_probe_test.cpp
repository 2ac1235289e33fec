#include "probes/http_probe.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/fakes/stream_recorder.h"
#include "tests/probes/probe_scene.h"

using namespace gatewatch;
using namespace gatewatch::tests;
using namespace std::chrono_literals;
using Fault = SimulatedNetwork::ConnectFault;

TEST_CASE("a complete answer is ok, and every phase has its time") {
  Scene scene;
  std::string request;
  scene.network.serve(web, [&](Conversation& conversation) {
    if (!asked(conversation)) return;
    request = conversation.received();
    conversation.after(30ms, [&conversation] { conversation.send("HTTP/1.1 200 OK\r\n"); });
    conversation.after(50ms, [&conversation] { conversation.send("Content-Length: 2\r\n\r\nok"); });
  });
  const auto before = scene.network.clock().wall_now();
  const auto result = scene.probe("http://shop.example/pay?x=1");
  CHECK(result.outcome == Outcome::Ok);
  CHECK(result.reason.empty());
  CHECK(result.detail.empty());
  CHECK(result.started == before);
  CHECK(result.route == "shop/checkout");
  CHECK(result.region == "eu-west");
  CHECK(result.status == 200);
  CHECK(result.http_version == "1.1");
  CHECK(result.body_size == 2);
  CHECK(result.remote == web);
  CHECK(result.last_phase == Phase::Receive);
  CHECK_FALSE(result.evidence);
  CHECK(at(result, Phase::Dns) == 1ms);
  CHECK(at(result, Phase::Connect) == 1ms);
  CHECK(at(result, Phase::Tls) == 0ms);
  CHECK(at(result, Phase::Send) == 0ms);
  CHECK(at(result, Phase::Wait) == 31ms);
  CHECK(at(result, Phase::Receive) == 20ms);
  CHECK(result.duration() == 53ms);
  CHECK(request.starts_with("GET /pay?x=1 HTTP/1.1\r\nHost: shop.example\r\n"));
  CHECK(request.find("traceparent: 00-" + result.trace_id + "-") != std::string::npos);
}

TEST_CASE("kind and turn are carried: the turn chooses the address") {
  Scene scene;
  scene.network.set_name("shop.example", {address("192.0.2.1"), address("192.0.2.2")});
  scene.network.serve(web, answering(ok_answer()));
  scene.network.serve(other, answering(ok_answer()));
  CHECK(scene.probe(make_route("http://shop.example/"), 4).remote == web);
  CHECK(scene.probe(make_route("http://shop.example/"), 5).remote == other);
  auto first = make_route("http://shop.example/");
  first.addresses = config::AddressChoice::First;
  CHECK(scene.probe(first, 5).remote == web);
  ProbeRun manual(scene.network, first, 0, scene.identity, ProbeKind::Manual);
  manual.start();
  scene.network.run_for(1s);
  CHECK(manual.result().kind == ProbeKind::Manual);
  CHECK(manual.result().outcome == Outcome::Ok);
  CHECK(manual.result().evidence->head.starts_with("HTTP/1.1 200 "));
}

TEST_CASE("a failing answer keeps its head, with secrets taken out") {
  Scene scene;
  auto route = make_route("http://shop.example/");
  route.headers.push_back({"Authorization", config::Secret("Bearer CANARY-0123")});
  route.expect.body.contains = {"fine"};
  scene.network.serve(web, answering(ok_answer("echo of Bearer CANARY-0123",
                                               "Set-Cookie: a=b\r\nX-Echo: CANARY-0123\r\n")));
  const auto result = scene.probe(route);
  CHECK(result.outcome == Outcome::ContentMismatch);
  CHECK(result.reason == "body_contains");
  CHECK(says(result, "it begins \"echo of [redacted]\""));
  CHECK(result.evidence->head ==
        "HTTP/1.1 200 OK\r\nSet-Cookie: [redacted]\r\nX-Echo: [redacted]\r\n"
        "Content-Length: 26\r\n\r\n");
}

TEST_CASE("slow is judged by the sum of the phases") {
  Scene scene;
  auto route = make_route("http://shop.example/");
  route.expect.latency = 3ms;
  scene.network.serve(web, answering(ok_answer()));
  CHECK(scene.probe(route).outcome == Outcome::Ok);
  route.expect.latency = 2ms;
  CHECK(scene.probe(route).outcome == Outcome::Slow);
}

TEST_CASE("a jump of the wall clock moves no duration") {
  Scene scene;
  scene.network.serve(web, [&](Conversation& conversation) {
    if (!asked(conversation)) return;
    scene.network.jump_wall_clock(-std::chrono::years(10));
    conversation.send(ok_answer());
  });
  CHECK(scene.probe("http://shop.example/").duration() == 3ms);
}

TEST_CASE("the deadline in dns is a dns failure") {
  Scene scene;
  scene.network.set_name_failure("shop.example", net::DnsStatus::ServFail, 1h);
  const auto result = scene.probe("http://shop.example/");
  CHECK(result.outcome == Outcome::DnsFailure);
  CHECK(result.reason == "timeout");
  CHECK(result.last_phase == Phase::Dns);
  CHECK(at(result, Phase::Dns) == 10s);
  CHECK(result.duration() == 10s);
  CHECK_FALSE(result.remote.has_value());
}

TEST_CASE("the deadline in dns is ours where no name server answers anything") {
  Scene scene;
  scene.network.set_name_failure("shop.example", net::DnsStatus::NoResolver, 1h);
  const auto result = scene.probe("http://shop.example/");
  CHECK(result.outcome == Outcome::Vantage);
  CHECK(result.reason == "no_resolver");
  CHECK(result.last_phase == Phase::Dns);
  CHECK(result.duration() == 10s);
}

TEST_CASE("the deadline while connecting is a connect timeout, and dns keeps its time") {
  Scene scene;
  scene.network.set_connect_fault(web, Fault::Drop);
  const auto result = scene.probe("http://shop.example/");
  CHECK(result.outcome == Outcome::ConnectTimeout);
  CHECK(result.last_phase == Phase::Connect);
  CHECK(at(result, Phase::Dns) == 1ms);
  CHECK(at(result, Phase::Connect) == 9999ms);
  CHECK(result.duration() == 10s);
  CHECK(result.remote == web);
}

TEST_CASE("an answer that came while we stood still is read before the deadline is judged") {
  Scene scene;
  scene.network.serve(web, [](Conversation& conversation) {
    if (!asked(conversation)) return;
    conversation.after(20s, [&conversation] { conversation.send(ok_answer()); });
  });
  ProbeRun run(scene.network, make_route("http://shop.example/"), 0, scene.identity);
  run.start();
  scene.network.run_for(5s);
  SUBCASE("whole") {
    scene.network.stall(30s);
    scene.network.run_for(1s);
    CHECK(run.result().outcome == Outcome::Ok);
  }
  SUBCASE("not at all: the target may have been about to answer") {
    scene.network.stall(10s);
    scene.network.run_for(1s);
    CHECK(run.result().outcome == Outcome::Vantage);
    CHECK(run.result().reason == "stalled");
    CHECK(says(run.result(), "gatewatch itself stood still"));
    CHECK(run.result().last_phase == Phase::Wait);
  }
}

TEST_CASE("what our own kernel has no route to says nothing of the target") {
  Scene scene;
  scene.network.set_connect_fault(web, Fault::NoRoute);
  const auto result = scene.probe("http://shop.example/");
  CHECK(result.outcome == Outcome::Vantage);
  CHECK(result.reason == "no_route");
}

TEST_CASE("the deadline in the handshake is a timeout that names tls") {
  Scene scene;
  scene.network.serve(secure, [](Conversation&) {});
  const auto result = scene.probe("https://shop.example/");
  CHECK(result.outcome == Outcome::Timeout);
  CHECK(result.reason == "tls");
  CHECK(result.last_phase == Phase::Tls);
  CHECK(at(result, Phase::Connect) == 1ms);
  CHECK(at(result, Phase::Tls) == 9998ms);
  CHECK(result.duration() == 10s);
}

TEST_CASE("the deadline while sending names send") {
  Scene scene;
  std::unique_ptr<net::Stream> accepted;  // and never read
  const auto listener = scene.network.listen(
      {.endpoint = web, .unix_path = {}},
      [&accepted](std::unique_ptr<net::Stream> stream) { accepted = std::move(stream); });
  REQUIRE(listener.has_value());
  auto route = make_route("http://shop.example/");
  route.method = "POST";
  route.body = std::string(1 << 20, 'x');
  const auto result = scene.probe(route);
  CHECK(result.outcome == Outcome::Timeout);
  CHECK(result.reason == "send");
  CHECK(at(result, Phase::Send) == 9998ms);
  CHECK(result.duration() == 10s);
}

TEST_CASE("the deadline while waiting names wait, later it names receive and keeps the status") {
  Scene scene;
  scene.network.serve(web, [](Conversation&) {});
  const auto silent = scene.probe("http://shop.example/");
  CHECK(silent.outcome == Outcome::Timeout);
  CHECK(silent.reason == "wait");
  CHECK(silent.status == 0);
  CHECK(at(silent, Phase::Wait) == 9998ms);

  scene.network.serve(web, answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhal"));
  const auto half = scene.probe("http://shop.example/");
  CHECK(half.outcome == Outcome::Timeout);
  CHECK(half.reason == "receive");
  CHECK(half.status == 200);
  CHECK(half.body_size == 3);
  CHECK(at(half, Phase::Wait) == 1ms);
  CHECK(at(half, Phase::Receive) == 9997ms);
  CHECK(half.duration() == 10s);
  CHECK(half.evidence->head.starts_with("HTTP/1.1 200 OK"));
}

TEST_CASE("what came of a head is kept, however it ends") {
  using End = void (*)(Conversation&);
  constexpr End none = [](Conversation&) {};
  constexpr End finish = [](Conversation& conversation) { conversation.finish(); };
  constexpr End reset = [](Conversation& conversation) {
    conversation.after(1ms, [&conversation] { conversation.reset(); });
  };
  const std::string begin = "HTTP/1.1 502 Bad Gateway\r\nServer: nginx\r\n";
  struct Ending {
    Outcome outcome;
    std::string rest;
    End end;
  };
  const Ending endings[] = {
      {Outcome::Timeout, "X-Cut: h", none},
      {Outcome::IncompleteHeaders, "X-Cut: h", finish},
      {Outcome::ConnectionReset, "X-Cut: h", reset},
      {Outcome::MalformedResponse, "no colon\r\n", none},
      {Outcome::MalformedResponse, "Content-Length: x\r\n\r\n", none},
      {Outcome::HeaderTooLarge, "X-Long: " + std::string(70'000, 'x'), none},
      {Outcome::IncompleteBody, "Content-Length: 9\r\n\r\n", finish},
      {Outcome::ConnectionReset, "Content-Length: 9\r\n\r\n", reset},
      {Outcome::DecodeError, "Content-Encoding: what\r\nContent-Length: 1\r\n\r\nx", none},
  };
  for (const auto& [outcome, rest, end] : endings) {
    CAPTURE(rest.substr(0, 60));
    Scene scene;
    scene.network.serve(web, [&](Conversation& conversation) {
      if (!asked(conversation)) return;
      conversation.send(begin + rest);
      end(conversation);
    });
    const auto result = scene.probe("http://shop.example/");
    CHECK(outcome_row(result.outcome).name == outcome_row(outcome).name);
    CHECK(result.status == 502);
    CHECK(result.http_version == "1.1");
    CHECK(result.last_phase == Phase::Receive);
    CHECK(result.evidence->head.starts_with(begin));
    CHECK(result.remote == web);
  }
}

TEST_CASE("a redirect whose head is refused is not followed") {
  Scene scene;
  scene.network.serve(web,
                      answering("HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 1\r\n"
                                "Transfer-Encoding: chunked\r\n\r\n"));
  const auto result = scene.probe("http://shop.example/");
  CHECK(result.outcome == Outcome::MalformedResponse);
  CHECK(result.status == 302);
  CHECK(result.redirects == 0);
}

TEST_CASE("a drip of bytes, however long, ends with the deadline") {
  Scene scene;
  std::function<void(Conversation&)> drip = [&drip](Conversation& conversation) {
    conversation.send("x");
    conversation.after(500ms, [&] { drip(conversation); });
  };
  scene.network.serve(web, [&drip](Conversation& conversation) {
    if (!asked(conversation)) return;
    conversation.send("HTTP/1.1 200 OK\r\nX-Drip: ");
    drip(conversation);
  });
  const auto result = scene.probe("http://shop.example/");
  CHECK(result.outcome == Outcome::Timeout);
  CHECK(result.reason == "receive");
  CHECK(result.duration() == 10s);
}

TEST_CASE("an answer that comes before the request is sent whole is read") {
  Scene scene;
  StreamRecorder server;
  const auto listener = scene.network.listen(
      {.endpoint = web, .unix_path = {}}, [&server](std::unique_ptr<net::Stream> stream) {
        stream->set_events(&server);
        stream->write("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n");
        server.stream = std::move(stream);
      });
  REQUIRE(listener.has_value());
  auto route = make_route("http://shop.example/");
  route.method = "POST";
  route.body = std::string(1 << 20, 'x');
  const auto result = scene.probe(route);
  CHECK(result.outcome == Outcome::StatusMismatch);
  CHECK(result.status == 413);
  CHECK(result.duration() < 1s);
}

TEST_CASE("a server that resets while we send is a reset, unless it answered before") {
  Scene scene;
  scene.network.serve(web, [](Conversation& conversation) {
    if (!conversation.received().empty()) conversation.reset();
  });
  auto route = make_route("http://shop.example/");
  route.method = "POST";
  route.body = std::string(1 << 20, 'x');
  CHECK(scene.probe(route).outcome == Outcome::ConnectionReset);
}

TEST_CASE("after a complete answer the connection is closed at once") {
  Scene scene;
  scene.network.serve(web, answering(ok_answer()));  // never closes
  CHECK(scene.probe("http://shop.example/").duration() == 3ms);
}

TEST_CASE("names that fail say how") {
  Scene scene;
  CHECK(scene.probe("http://nowhere.example/").reason == "nxdomain");
  scene.network.set_name_failure("shop.example", net::DnsStatus::ServFail);
  const auto result = scene.probe("http://shop.example/");
  CHECK(result.outcome == Outcome::DnsFailure);
  CHECK(result.reason == "servfail");
  CHECK(at(result, Phase::Dns) == 1ms);
}

TEST_CASE(
    "a name server that the route names, and that does not answer, is a failure of the route") {
  Scene scene;
  scene.network.set_name_failure("shop.example", net::DnsStatus::NoResolver);
  auto route = make_route("http://shop.example/");
  route.resolver = "192.0.2.53:53";
  const auto result = scene.probe(route);
  CHECK(result.outcome == Outcome::DnsFailure);
  CHECK(result.reason == "no_resolver");
}

TEST_CASE("our own faults are vantage") {
  Scene scene;
  scene.network.set_name_failure("shop.example", net::DnsStatus::NoResolver);
  const auto blind = scene.probe("http://shop.example/");
  CHECK(blind.outcome == Outcome::Vantage);
  CHECK(blind.reason == "no_resolver");
  CHECK_FALSE(blind.is_failing());
  scene.network.set_connect_fault(other, Fault::NoResources);
  const auto poor = scene.probe("http://other.example/");
  CHECK(poor.outcome == Outcome::Vantage);
  CHECK(poor.reason == "no_resources");
}

TEST_CASE("an address that answers makes up for one that does not, and the result tells") {
  Scene scene;
  scene.network.set_name("shop.example", {address("2001:db8::1"), address("192.0.2.1")});
  scene.network.set_connect_fault(Endpoint::parse("[2001:db8::1]:80").value(), Fault::Unreachable);
  scene.network.serve(web, answering(ok_answer()));
  auto route = make_route("http://shop.example/");
  route.addresses = config::AddressChoice::First;
  const auto result = scene.probe(route);
  CHECK(result.outcome == Outcome::Ok);
  CHECK(result.remote == web);
  CHECK(says(result, "[2001:db8::1]:80 cannot be reached"));
  CHECK(says(result, "another address answered"));
  CHECK(result.broken_family == IpFamily::V6);
}

TEST_CASE("either family is enough, whether the other one refuses or says nothing") {
  const Endpoint v6 = Endpoint::parse("[2001:db8::1]:80").value();
  for (const auto fault : {Fault::Refuse, Fault::Drop, Fault::Unreachable}) {
    for (const auto& [broken, working] : {std::pair(web, v6), std::pair(v6, web)}) {
      Scene scene;
      scene.network.set_name("shop.example", {broken.address, working.address});
      scene.network.set_connect_fault(broken, fault);
      scene.network.serve(working, answering(ok_answer()));
      auto route = make_route("http://shop.example/");
      route.addresses = config::AddressChoice::First;
      const auto result = scene.probe(route);
      CHECK(result.outcome == Outcome::Ok);
      CHECK(result.broken_family == broken.address.family);
      CHECK(at(result, Phase::Connect) <= 250ms + 1ms);
      route.timeout = 1s;
      scene.network.set_connect_fault(working, fault);
      const auto down = scene.probe(route);
      CHECK(down.is_failing());
      CHECK_FALSE(down.broken_family.has_value());
    }
  }
}

TEST_CASE("what the route's name resolved to is kept, redirects or not") {
  Scene scene;
  scene.network.set_name("shop.example", {address("192.0.2.1"), address("192.0.2.1")});
  scene.network.serve(web, answering(redirect_to("http://other.example/")));
  scene.network.serve(other, answering(ok_answer()));
  const auto result = scene.probe("http://shop.example/");
  CHECK(result.remote == other);
  CHECK(result.resolved.list() == std::vector{address("192.0.2.1")});
  CHECK(scene.probe("http://192.0.2.2/").resolved.empty());
  scene.network.set_partial_name("shop.example", {address("192.0.2.1")});
  CHECK(scene.probe("http://shop.example/").resolved.empty());  // or it would seem to change
}

TEST_CASE("a final dot is told to the resolver and in the Host header, and kept from TLS") {
  Scene scene;
  std::string request;
  scene.network.serve(web, [&](Conversation& conversation) {
    if (!asked(conversation)) return;
    request = conversation.received();
    conversation.send(ok_answer());
  });
  CHECK(scene.probe("http://shop.example./").outcome == Outcome::Ok);
  CHECK(request.find("Host: shop.example.\r\n") != std::string::npos);
  CHECK(says(scene.probe("http://nowhere.example./"), "scripted failure of nowhere.example."));
  std::string hello;  // names the host in clear
  scene.network.serve(secure, [&](Conversation& conversation) {
    hello = conversation.received();
    if (!hello.empty()) conversation.finish();
  });
  CHECK(scene.probe("https://shop.example./").outcome == Outcome::TlsFailure);
  CHECK(hello.find("shop.example") != std::string::npos);
  CHECK(hello.find("shop.example.") == std::string::npos);
}

TEST_CASE("a cancelled probe calls nobody, in whatever state it was") {
  // Each number of steps up to the end of an undisturbed probe of three hops, one through TLS.
  for (int steps = 0;; ++steps) {
    Scene scene;
    scene.network.serve(web, answering(redirect_to("http://other.example/")));
    scene.network.serve(other, answering(redirect_to("https://shop.example/")));
    scene.network.serve(secure, [](Conversation& conversation) {
      if (!conversation.received().empty()) conversation.finish();
    });
    ProbeRun run(scene.network, make_route("http://shop.example/"), 0, scene.identity);
    run.start();
    for (int step = 0; step < steps && !run.is_done(); ++step) REQUIRE(scene.network.step());
    if (run.is_done()) {
      CHECK(steps > 20);
      break;
    }
    run.on_done = [] { FAIL("called after its end"); };
    run.cancel();
    scene.network.run_for(60s);
  }
}

TEST_CASE("a probe that was never started may be destroyed") {
  Scene scene;
  const ProbeRun run(scene.network, make_route("http://shop.example/"));
}

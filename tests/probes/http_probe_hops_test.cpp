#include <chrono>
#include <string>

#include <doctest/doctest.h>

#include "tests/probes/probe_scene.h"

using namespace gatewatch;
using namespace gatewatch::tests;
using namespace std::chrono_literals;

TEST_CASE("addresses that the policy denies are never connected to, on no hop") {
  Scene scene;
  scene.identity.policy = TargetPolicy::standard();
  const auto metadata = Endpoint::parse("169.254.169.254:80").value();
  scene.network.serve(metadata, answering(ok_answer()));
  scene.network.set_name("metadata.example", {address("169.254.169.254")});
  CHECK(scene.probe("http://169.254.169.254/").outcome == Outcome::TargetRefused);
  CHECK(scene.probe("http://[::ffff:169.254.169.254]/").outcome == Outcome::TargetRefused);
  CHECK(scene.probe("http://metadata.example/").outcome == Outcome::TargetRefused);
  scene.network.serve(web, answering(redirect_to("http://metadata.example/latest")));
  const auto redirected = scene.probe("http://shop.example/");
  CHECK(redirected.outcome == Outcome::RedirectRefused);
  CHECK(redirected.reason == "target");
  CHECK(redirected.redirects == 1);
  CHECK(says(redirected, "metadata.example"));
  scene.network.serve(web, answering(redirect_to("http://169.254.169.254/latest")));
  const auto to_literal = scene.probe("http://shop.example/");
  CHECK(to_literal.outcome == Outcome::RedirectRefused);
  CHECK(to_literal.reason == "target");
  CHECK(says(to_literal, "169.254.169.254 is not allowed as a target"));
  CHECK(to_literal.status == 302);
  CHECK(to_literal.remote == web);
  CHECK(to_literal.evidence->head.find("Location: http://169") != std::string::npos);
  CHECK(scene.network.connects(metadata) == 0);
}

TEST_CASE("redirect hops are summed, and the last one's facts are kept") {
  Scene scene;
  scene.network.serve(web, answering(redirect_to("http://other.example/next")));
  scene.network.serve(other, answering("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  const auto result = scene.probe("http://shop.example/");
  CHECK(result.outcome == Outcome::Ok);
  CHECK(result.redirects == 1);
  CHECK(result.remote == other);
  CHECK(result.http_version == "1.0");
  CHECK(at(result, Phase::Dns) == 2ms);
  CHECK(at(result, Phase::Connect) == 2ms);
  CHECK(at(result, Phase::Wait) == 2ms);
  CHECK(result.duration() == 6ms);
}

TEST_CASE("a hop that fails has nothing of the hop before") {
  Scene scene;
  scene.network.serve(web, answering(redirect_to("http://nowhere.example/")));
  const auto result = scene.probe("http://shop.example/");
  CHECK(result.outcome == Outcome::DnsFailure);
  CHECK(result.status == 0);
  CHECK_FALSE(result.remote.has_value());
  CHECK(result.evidence->head.empty());
}

TEST_CASE("the body of a redirect is not waited for") {
  Scene scene;
  scene.network.serve(web, [](Conversation& conversation) {
    if (!asked(conversation)) return;
    const bool again = conversation.received().find("GET /next") != std::string::npos;
    conversation.send(again ? ok_answer() : "HTTP/1.1 302 Found\r\nLocation: /next\r\n\r\nendless");
  });
  CHECK(scene.probe("http://shop.example/").outcome == Outcome::Ok);
}

TEST_CASE("with redirects = 0 the redirect itself is judged") {
  Scene scene;
  scene.network.serve(web, answering(redirect_to("http://other.example/")));
  auto route = make_route("http://shop.example/");
  route.redirects = 0;
  CHECK(scene.probe(route).outcome == Outcome::StatusMismatch);
  route.expect.status.add(300, 399);
  CHECK(scene.probe(route).outcome == Outcome::Ok);
  CHECK(scene.network.connects(other) == 0);
}

TEST_CASE("loops end, and all hops share one deadline") {
  Scene scene;
  scene.network.serve(web, answering(redirect_to("/")));
  const auto loop = scene.probe("http://shop.example/");
  CHECK(loop.outcome == Outcome::RedirectLoop);
  CHECK(loop.reason == "circular");
  CHECK(loop.status == 302);

  int hop = 0;
  scene.network.serve(web, [&hop](Conversation& conversation) {
    if (!asked(conversation)) return;
    conversation.after(
        3s, [&hop, &conversation] { conversation.send(redirect_to("/" + std::to_string(++hop))); });
  });
  const auto slow = scene.probe("http://shop.example/");
  CHECK(slow.outcome == Outcome::Timeout);
  CHECK(slow.duration() == 10s);
  CHECK(slow.redirects == 3);
}

TEST_CASE("credentials and body stay with their origin") {
  Scene scene;
  std::string seen;
  scene.network.serve(other, [&seen](Conversation& conversation) {
    seen = conversation.received();
    if (asked(conversation)) conversation.send(ok_answer());
  });
  auto route = make_route("http://shop.example/");
  route.method = "POST";
  route.body = "SECRET-BODY";
  route.headers.push_back({"Authorization", config::Secret("Bearer SECRET")});
  route.headers.push_back({"X-Key", config::Secret("SECRET")});
  scene.network.serve(web, answering(redirect_to("http://other.example/", 302)));
  CHECK(scene.probe(route).outcome == Outcome::Ok);
  CHECK(seen.starts_with("GET / HTTP/1.1\r\nHost: other.example\r\n"));
  CHECK(seen.find("SECRET") == std::string::npos);
  scene.network.serve(web, answering(redirect_to("http://other.example/", 307)));
  CHECK(scene.probe(route).outcome == Outcome::RedirectRefused);
  CHECK(scene.network.connects(other) == 1);
}

#include "probes/evidence.h"

#include <chrono>
#include <string>

#include <doctest/doctest.h>

#include "probes/net/digest.h"
#include "tests/probes/probe_scene.h"

using namespace gatewatch;
using namespace gatewatch::tests;
using namespace std::chrono_literals;

namespace {

std::string sha256(const std::string& bytes) {
  net::Sha256 digest;
  digest.add(bytes);
  return digest.hex();
}

std::string bad_gateway(const std::string& body, const std::string& headers = "") {
  return "HTTP/1.1 502 Bad Gateway\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace

TEST_CASE("a failing answer leaves head, body, digest and the ids of the request") {
  Scene scene;
  const std::string page = "<h1>502 Bad Gateway</h1>\r\n\xff";
  scene.network.serve(web, answering(bad_gateway(page, "CF-Ray: 8a1b-AMS\r\n")));
  const auto result = scene.probe("http://shop.example/");
  REQUIRE(result.evidence);
  CHECK(result.evidence->head ==
        "HTTP/1.1 502 Bad Gateway\r\nCF-Ray: 8a1b-AMS\r\nContent-Length: 27\r\n\r\n");
  CHECK(result.evidence->body == page);
  CHECK(result.evidence->body_length == page.size());
  CHECK(result.evidence->body_complete);
  CHECK(result.evidence->body_sha256 == sha256(page));
  CHECK(result.evidence->body_hashed == page.size());
  CHECK(result.evidence->request_ids == std::vector<RequestId>{{"CF-Ray", "8a1b-AMS"}});
  CHECK(result.evidence->resolver == "system");
  CHECK(result.evidence->chain_fingerprint.empty());
  CHECK_FALSE(result.trace_id.empty());
}

TEST_CASE("of a long body the beginning is kept, and the whole is hashed") {
  Scene scene;
  std::string page;
  while (page.size() < 300'000) page += "line " + std::to_string(page.size()) + "\n";
  scene.network.serve(web, answering(bad_gateway(page)));
  const auto failed = scene.probe("http://shop.example/");
  CHECK(failed.evidence->body == page.substr(0, 8 << 10));
  CHECK(failed.evidence->body_length == page.size());
  CHECK(failed.evidence->body_hashed == page.size());
  CHECK(failed.evidence->body_sha256 == sha256(page));

  // Here nobody knew that it would fail, so what is kept must do.
  auto route = make_route("http://shop.example/");
  route.expect.body.contains = {"nowhere"};
  scene.network.serve(web, answering(ok_answer(page)));
  const auto wrong = scene.probe(route);
  CHECK(wrong.outcome == Outcome::ContentMismatch);
  CHECK(wrong.evidence->body == page.substr(0, 8 << 10));
  CHECK(wrong.evidence->body_length == page.size());
  CHECK(wrong.evidence->body_hashed == 64 << 10);
  CHECK(wrong.evidence->body_sha256 == sha256(page.substr(0, 64 << 10)));
}

TEST_CASE("a body that breaks off says so") {
  Scene scene;
  scene.network.serve(web, [](Conversation& conversation) {
    if (!asked(conversation)) return;
    conversation.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
    conversation.finish();
  });
  const auto result = scene.probe("http://shop.example/");
  CHECK(result.outcome == Outcome::IncompleteBody);
  CHECK(result.evidence->body == "half");
  CHECK_FALSE(result.evidence->body_complete);
  CHECK(result.evidence->body_sha256 == sha256("half"));
}

TEST_CASE("what never came is not there, and nobody is asked for an address") {
  Scene scene;
  scene.network.set_connect_fault(web, SimulatedNetwork::ConnectFault::Refuse);
  const auto result = scene.probe("http://192.0.2.1/");
  CHECK(result.outcome == Outcome::ConnectRefused);
  REQUIRE(result.evidence);
  CHECK(*result.evidence == Evidence{});
}

TEST_CASE("no secret of ours or of the server's is in evidence, whatever form it takes") {
  Scene scene;
  auto route = make_route("http://shop.example/");
  route.headers = {{"Authorization", config::Secret("Bearer \"CANARY/0123\"")},
                   {"Cookie", config::Secret("sid=CANARY-4567")}};
  std::string page =
      "you sent Bearer &quot;CANARY/0123&quot; and \\\"CANARY\\/0123\\\" and %22CANARY%2F0123%22, "
      "sid CANARY-4567; your new id is CANARY-89ab, password=CANARY-cdef ";
  page.resize((8 << 10) - 9, '.');
  page += "\"CANARY/0123\"";  // of which the end is not kept
  scene.network.serve(web, answering(bad_gateway(page,
                                                 "Set-Cookie: id=CANARY-89ab; HttpOnly\r\n"
                                                 "X-Debug: CANARY-89ab token=CANARY-cdef\r\n"
                                                 "X-Request-Id: CANARY-4567\r\n")));
  const auto result = scene.probe(route);
  REQUIRE(result.evidence);
  for (const auto& text : {result.evidence->head, result.evidence->body, result.detail,
                           result.evidence->request_ids.at(0).value}) {
    CAPTURE(text);
    CHECK(text.find("CANA") == std::string::npos);
  }
  CHECK(result.evidence->body.starts_with("you sent [redacted] and [redacted] and [redacted]"));
  CHECK(result.evidence->body.ends_with("...[redacted]"));
}

TEST_CASE("the sentence about a failure quotes no secret either") {
  Scene scene;
  auto route = make_route("http://shop.example/");
  route.expect.body.contains = {"nowhere"};
  const auto detail = [&](const std::string& body, const std::string& headers = "") {
    scene.network.serve(web, answering("HTTP/1.1 200 OK\r\n" + headers + "Content-Length: " +
                                       std::to_string(body.size()) + "\r\n\r\n" + body));
    return scene.probe(route).detail;
  };
  for (const auto& said :
       {detail("your id is CANARY-89ab", "Set-Cookie: id=CANARY-89ab\r\n"),
        detail(R"({"password":"CANARY\"CANARY"})"), detail("token=CANARY-" + std::string(200, 'x')),
        detail("dsn: mysql://app:CANARY-" + std::string(200, 'x'))}) {
    CAPTURE(said);
    CHECK(said.find("it begins \"") != std::string::npos);
    CHECK(said.find("CANA") == std::string::npos);
  }
  route.expect.body.contains = {};
  route.expect.headers["x-auth-token"] = "right";
  CHECK(detail("", "X-Auth-Token: CANARY\r\n") ==
        "the header x-auth-token should match \"right\", and is [redacted]");
  route.expect.headers = {};
  route.expect.body.json = {{"/token", "\"right\""}, {"/tokens/valid", "true"}};
  CHECK(detail(R"({"token":"CANARY"})") ==
        "the body's \"/token\" should be \"right\", and is [redacted]");
  CHECK(detail(R"({"token":"right","tokens":{"valid":false}})") ==
        "the body's \"/tokens/valid\" should be true, and is false");
}

TEST_CASE("a Location that cannot be used is shown without its query") {
  Scene scene;
  scene.network.serve(web,
                      answering("HTTP/1.1 302 Found\r\nLocation: ftp://a.example/x?code=CANARY\r\n"
                                "Content-Length: 0\r\n\r\n"));
  const auto result = scene.probe("http://shop.example/");
  CHECK(result.reason == "bad_location");
  CHECK(result.detail.find("ftp://a.example/x") != std::string::npos);
  CHECK(result.detail.find("CANARY") == std::string::npos);
}

TEST_CASE("copies share evidence and compare by what it says") {
  const SharedEvidence none;
  const SharedEvidence one(Evidence{.head = "x"});
  auto copy = one;
  CHECK(copy == one);
  CHECK(copy == SharedEvidence(Evidence{.head = "x"}));
  CHECK_FALSE(copy == SharedEvidence(Evidence{.head = "y"}));
  CHECK_FALSE(copy == none);
  copy.reset();
  CHECK(copy == none);
}

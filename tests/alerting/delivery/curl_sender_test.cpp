// The sender against HTTP receivers on loopback.

#include "alerting/delivery/curl_sender.h"

#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/alerting/delivery/loopback_server.h"
#include "tests/alerting/delivery/sender_harness.h"
#include "tests/fakes/thread_famine.h"

using namespace gatewatch;
using namespace gatewatch::alerting;
using namespace gatewatch::tests;
using namespace std::chrono_literals;

namespace {

HttpRequest post(const std::string& url) {
  HttpRequest request;
  request.url = config::Secret(url);
  request.headers = {{"Content-Type", config::Secret("application/json")}};
  request.body = R"({"text": "a"})";
  return request;
}

std::string response(const std::string& status, const std::string& headers = "",
                     const std::string& body = "") {
  return fmt::format("HTTP/1.1 {}\r\n{}Content-Length: {}\r\n\r\n{}", status, headers, body.size(),
                     body);
}

SendResult answered_with(const std::string& bytes) {
  SenderHarness harness;
  const LoopbackServer server(harness.network(), answering(bytes));
  const auto result = harness.send_one(post(server.url("http", "/hook")));
  CHECK(server.connections.size() == 1);
  harness.end_sender();
  return result;
}

}  // namespace

TEST_CASE("a request arrives as it was rendered, and 2xx is delivered") {
  SenderHarness harness;
  const LoopbackServer server(harness.network(), answering(response("204 No Content")));
  auto request = post(server.url("http", "/services/T/B/X?y=z"));
  request.headers.push_back({"Idempotency-Key", config::Secret("12.1.ops")});
  request.headers.push_back({"X-Empty", config::Secret("")});
  const auto result = harness.send_one(request);
  CHECK(result.status == SendStatus::Delivered);
  CHECK(result.error.empty());
  const auto& bytes = server.connections.front().received;
  CHECK(bytes.starts_with("POST /services/T/B/X?y=z HTTP/1.1\r\n"));
  CHECK(bytes.find("\r\nIdempotency-Key: 12.1.ops\r\n") != std::string::npos);
  CHECK(bytes.find("\r\nX-Empty:\r\n") != std::string::npos);
  CHECK(bytes.find("\r\nUser-Agent: gatewatch/test\r\n") != std::string::npos);
  CHECK(bytes.find("Expect:") == std::string::npos);
  CHECK(bytes.ends_with("\r\n\r\n{\"text\": \"a\"}"));
  harness.end_sender();
}

TEST_CASE("refusals are permanent and say what the receiver said; overload is transient") {
  const auto refused = answered_with(response("404 Not Found", "", "no_service"));
  CHECK(refused.status == SendStatus::Permanent);
  CHECK(refused.error == "HTTP 404: no_service");
  CHECK(answered_with(response("410 Gone")).status == SendStatus::Permanent);
  for (const auto* const status : {"408 Timeout", "425 Early", "500 Oops", "502 Bad Gateway"}) {
    CHECK(answered_with(response(status)).status == SendStatus::Transient);
  }
}

TEST_CASE("Retry-After is understood in seconds and as a date") {
  const auto seconds = answered_with(response("429 Slow Down", "Retry-After: 7\r\n"));
  CHECK(seconds.status == SendStatus::Transient);
  CHECK(seconds.retry_after == 7s);
  const auto date =
      answered_with(response("503 Busy", "Retry-After: Fri, 31 Dec 2100 23:59:59 GMT\r\n"));
  CHECK(date.status == SendStatus::Transient);
  CHECK(date.retry_after.value_or(0s) > 24h);
}

TEST_CASE("a redirect is transient and not followed") {
  SenderHarness harness;
  const LoopbackServer other(harness.network(), answering(response("200 OK")));
  const LoopbackServer server(
      harness.network(),
      answering(response("302 Found", "Location: " + other.url("http", "/") + "\r\n")));
  CHECK(harness.send_one(post(server.url("http", "/"))).status == SendStatus::Transient);
  CHECK(other.connections.empty());
  harness.end_sender();
}

TEST_CASE("no connection, no answer and half an answer are transient, and say why") {
  SenderHarness harness;
  std::string closed;
  {
    const LoopbackServer server(harness.network(), [](auto&) {});
    closed = server.url("http", "/");
  }
  const auto refused = harness.send_one(post(closed));
  CHECK(refused.status == SendStatus::Transient);
  CHECK_FALSE(refused.error.empty());
  const LoopbackServer mute(harness.network(), [](LoopbackConnection& connection) {
    if (is_whole_request(connection.received)) connection.close();
  });
  CHECK(harness.send_one(post(mute.url("http", "/"))).status == SendStatus::Transient);
  harness.end_sender();
  CHECK(answered_with("HTTP/1.1 ").status == SendStatus::Transient);
  CHECK(answered_with("no HTTP at all\r\n\r\n").status == SendStatus::Transient);
}

TEST_CASE("a receiver that does not answer in time is transient") {
  SenderHarness harness;
  harness.settings.timeout = 100ms;
  const LoopbackServer server(harness.network(), [](auto&) {});
  const auto result = harness.send_one(post(server.url("http", "/")));
  CHECK(result.status == SendStatus::Transient);
  CHECK(result.error.find("timed out") != std::string::npos);
  harness.end_sender();
}

TEST_CASE("an endless body is cut off, and the status counts") {
  for (const auto* const status : {"200 OK", "500 Oops", "404 No"}) {
    SenderHarness harness;
    const LoopbackServer server(harness.network(), [status](LoopbackConnection& connection) {
      if (!is_whole_request(connection.received)) return;
      connection.send(fmt::format("HTTP/1.1 {}\r\n\r\n", status));
      connection.endless = true;
      connection.send(std::string(16 << 10, 'x'));
    });
    const auto result = harness.send_one(post(server.url("http", "/")));
    CHECK(result.status == (status[0] == '2'   ? SendStatus::Delivered
                            : status[0] == '5' ? SendStatus::Transient
                                               : SendStatus::Permanent));
    CHECK(result.error.size() <= 200);
    CHECK(harness.uv.run_until([&] { return server.connections.front().ended; }));
    harness.end_sender();
  }
}

TEST_CASE("an address that the target policy refuses is never connected to") {
  SenderHarness harness;
  harness.settings.policy.deny.push_back(IpNetwork::parse("127.0.0.0/8").value());
  const LoopbackServer server(harness.network(), answering(response("200 OK")));
  const auto result = harness.send_one(post(server.url("http", "/")));
  CHECK(result.status == SendStatus::Transient);
  CHECK(result.error == "the target policy refuses the address 127.0.0.1");
  auto mapped = server.url("http", "/");
  mapped.replace(mapped.find("127.0.0.1"), 9, "[::ffff:127.0.0.1]");
  CHECK(harness.send_one(post(mapped)).error == "the target policy refuses the address 127.0.0.1");
  CHECK(server.connections.empty());
  harness.end_sender();
}

TEST_CASE("a new target policy holds from the next connection on") {
  SenderHarness harness;
  const LoopbackServer server(harness.network(), answering(response("200 OK")));
  CHECK(harness.send_one(post(server.url("http", "/"))).status == SendStatus::Delivered);
  auto policy = TargetPolicy::standard();
  policy.deny.push_back(IpNetwork::parse("127.0.0.0/8").value());
  harness.started().set_policy(policy);
  CHECK(harness.send_one(post(server.url("http", "/"))).error ==
        "the target policy refuses the address 127.0.0.1");
  harness.started().set_policy(TargetPolicy::standard());
  CHECK(harness.send_one(post(server.url("http", "/"))).status == SendStatus::Delivered);
  harness.end_sender();
}

TEST_CASE("a sender without any thread is an error that says so") {
  UvHarness uv;
  const ThreadFamine famine;
  const auto sender = make_curl_sender(uv.network(), {});
  REQUIRE_FALSE(sender.has_value());
  CHECK(sender.error().message.starts_with("the thread sender cannot be started: "));
}

TEST_CASE("an answer that repeats the URL's secrets does not bring them into the error") {
  SenderHarness harness;
  const LoopbackServer server(
      harness.network(),
      answering(response("404 Not Found", "",
                         "Cannot POST /services/T0SECRET/xyz; parts T0SECRET, Bearer hunter2")));
  auto request = post(server.url("http", "/services/T0SECRET/xyz?token=abcdef"));
  request.headers.push_back({"Authorization", config::Secret("Bearer hunter2")});
  const auto result = harness.send_one(request);
  CHECK(result.error == "HTTP 404: Cannot POST …; parts …, …");
  harness.end_sender();
}

TEST_CASE("a header that would break the request is refused, and nothing is sent") {
  SenderHarness harness;
  const LoopbackServer server(harness.network(), answering(response("200 OK")));
  std::vector<config::Header> broken = {{"X-A", config::Secret("a\r\nX-B: b")},
                                        {"X-A\r\nX-B", config::Secret("b")},
                                        {"", config::Secret("b")},
                                        {"X-A", config::Secret(std::string("a\0b", 3))}};
  for (const auto& header : broken) {
    auto request = post(server.url("http", "/"));
    request.headers.push_back(header);
    const auto result = harness.send_one(request);
    CHECK(result.status == SendStatus::Permanent);
    CHECK(result.error.find("header") != std::string::npos);
  }
  CHECK(server.connections.empty());
  harness.end_sender();
}

TEST_CASE("a proxy of the environment and other protocols are not used") {
  ::setenv("http_proxy", "http://127.0.0.1:1", 1);
  ::setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
  CHECK(answered_with(response("200 OK")).status == SendStatus::Delivered);
  ::unsetenv("http_proxy");
  ::unsetenv("ALL_PROXY");
  SenderHarness harness;
  for (const auto* const url : {"file:///etc/passwd", "smtp://127.0.0.1:1", "nonsense", ""}) {
    const auto result = harness.send_one(post(url));
    CHECK(result.status == SendStatus::Transient);
    CHECK_FALSE(result.error.empty());
  }
  harness.end_sender();
}

TEST_CASE("TLS to a receiver that does not speak it, or under a CA file that is none, fails") {
  SenderHarness harness;
  const LoopbackServer server(harness.network(), [](LoopbackConnection& connection) {
    if (!connection.received.empty()) connection.send("HTTP/1.1 200 OK\r\n\r\n");
  });
  auto request = post(server.url("https", "/"));
  CHECK(harness.send_one(request).status == SendStatus::Transient);
  request.ca = "/nonexistent.pem";
  const auto result = harness.send_one(request);
  CHECK(result.status == SendStatus::Transient);
  CHECK(result.error.find("/nonexistent.pem") != std::string::npos);
  harness.end_sender();
}

TEST_CASE("a line for the log is handed over on the loop thread, after send()") {
  SenderHarness harness;
  std::thread::id thread;
  harness.settings.log = [&](const LogRequest& line) {
    for (const auto& [key, value] : line.fields) harness.logged.push_back(key + "=" + value);
    thread = std::this_thread::get_id();
  };
  CHECK(harness.send_one(LogRequest{config::Severity::Critical, {{"kind", "opened"}}}).status ==
        SendStatus::Delivered);
  CHECK(harness.logged == std::vector<std::string>{"kind=opened"});
  CHECK(thread == std::this_thread::get_id());
  harness.end_sender();
}

TEST_CASE("receivers that never answer hold up no other, and ending the sender cuts them off") {
  SenderHarness harness;
  harness.settings.timeout = 600s;
  const LoopbackServer mute(harness.network(), [](auto&) {});
  const LoopbackServer server(harness.network(), answering(response("200 OK")));
  bool answered = false;
  for (int count = 0; count < 6; ++count) {
    harness.started().send(post(mute.url("http", "/")), [&](const auto&) { answered = true; });
  }
  CHECK(harness.send_one(post(server.url("http", "/"))).status == SendStatus::Delivered);
  CHECK(harness.uv.run_until([&] { return mute.connections.size() == 6; }));
  harness.end_sender();
  CHECK_FALSE(answered);
  CHECK(harness.uv.run_until([&] { return mute.connections.front().ended; }));
}

TEST_CASE("more requests than transfers wait their turn, and all are answered") {
  SenderHarness harness;
  harness.settings.transfers = 2;
  const LoopbackServer server(harness.network(), answering(response("200 OK")));
  std::vector<Request> requests(20, post(server.url("http", "/")));
  for (const auto& result : harness.send(std::move(requests))) {
    CHECK(result.status == SendStatus::Delivered);
  }
  CHECK(server.connections.size() == 20);
  harness.end_sender();
}

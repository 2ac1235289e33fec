#include "daemon/web/server.h"

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/daemon/web/web_client.h"
#include "tests/fakes/simulated_network.h"
#include "tests/fakes/uv_harness.h"

using namespace gatewatch;
using namespace gatewatch::daemon::web;
using gatewatch::tests::SimulatedNetwork;
using gatewatch::tests::WebClient;
using namespace std::chrono_literals;

namespace {

const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

config::ListenAddress port(const char* text) {
  return {.endpoint = *Endpoint::parse(text), .unix_path = {}};
}

// A server on the simulated network whose handler answers with the target, or keeps its reply.
struct SimulatedServer {
  explicit SimulatedServer(ServerLimits limits = {}) {
    server = Server::create(network, {.listen = port("127.0.0.1:9502"), .limits = limits},
                            [this](net::Request request, WebReply reply) {
                              asked.push_back(request.target);
                              if (keeps_replies) {
                                replies.push_back(std::move(reply));
                              } else {
                                reply({.body = request.target + request.body, .headers = {}});
                              }
                            })
                 .value();
  }

  WebClient& client() {
    return *clients.emplace_back(std::make_unique<WebClient>(network, server->local()));
  }
  WebClient& client(const std::string& bytes) {
    WebClient& made = client();
    made.send(bytes);
    network.run_for(100ms);
    return made;
  }

  SimulatedNetwork network;
  std::unique_ptr<Server> server;
  std::deque<std::unique_ptr<WebClient>> clients;
  std::vector<std::string> asked;
  std::vector<WebReply> replies;
  bool keeps_replies = false;
};

}  // namespace

TEST_CASE("a connection answers one request after another") {
  SimulatedServer s;
  WebClient& client = s.client(get);
  CHECK(client.received().starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(client.received().ends_with("\r\n\r\n/"));
  client.send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
  s.network.run_for(100ms);
  CHECK(client.received().ends_with("\r\n\r\n/2"));
  CHECK_FALSE(client.is_closed());
  CHECK(s.server->statistics().answered == 2);
}

TEST_CASE("pipelined requests are handed out one at a time") {
  SimulatedServer s;
  s.keeps_replies = true;
  WebClient& client =
      s.client("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(s.asked == std::vector<std::string>{"/1"});
  s.replies[0]({.body = "one", .headers = {}});
  s.network.run_for(100ms);
  CHECK(s.asked == std::vector<std::string>{"/1", "/2"});
  s.replies[1]({.body = "two", .headers = {}});
  s.network.run_for(100ms);
  CHECK(client.received().ends_with("two"));
  CHECK(client.count("HTTP/1.1 200") == 2);
}

TEST_CASE("Connection: close, HTTP/1.0 and HEAD") {
  SimulatedServer s;
  WebClient& close = s.client("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  CHECK(close.received().find("Connection: close\r\n") != std::string::npos);
  CHECK(close.is_closed_cleanly());
  CHECK(s.client("GET / HTTP/1.0\r\nHost: a\r\n\r\n").is_closed_cleanly());
  WebClient& head = s.client("HEAD /12 HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(head.received().find("Content-Length: 3\r\n") != std::string::npos);
  CHECK(head.received().ends_with("\r\n\r\n"));
  CHECK_FALSE(head.is_closed());
}

TEST_CASE("what must not be accepted is answered and closed, and never handled") {
  const std::vector<std::pair<std::string, std::string>> attacks = {
      {"GET / HTTP/1.1\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "400"},
      {"GET / HTTP/1.1\nHost: a\n\n", "400"},
      {"GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n c\r\n\r\n", "400"},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
       "400"},
      {"GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(17'000, 'x'), "431"},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n", "413"},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", "501"},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"},
  };
  SimulatedServer s;
  for (const auto& [bytes, status] : attacks) {
    CAPTURE(bytes.substr(0, 60));
    WebClient& client = s.client(bytes);
    CHECK(client.received().starts_with("HTTP/1.1 " + status));
    CHECK(client.received().find("Content-Type: application/json; charset=utf-8") !=
          std::string::npos);
    CHECK(client.is_closed());
  }
  CHECK(s.asked.empty());
}

TEST_CASE("bytes after a refusal are thrown away, so that the refusal arrives") {
  SimulatedServer s;
  WebClient& client = s.client("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n");
  client.send(std::string(70'000, 'x') + get);
  s.network.run_for(5s);
  CHECK(client.count("HTTP/1.1 ") == 1);
  CHECK(s.asked.empty());
  CHECK(s.server->statistics().connections == 0);
}

TEST_CASE("an idle connection is closed when patience ends") {
  SimulatedServer s;
  WebClient& fresh = s.client();
  WebClient& used = s.client(get);
  s.network.run_for(9s);
  CHECK_FALSE(fresh.is_closed());
  s.network.run_for(2s);
  CHECK(fresh.is_closed());
  CHECK(fresh.received().empty());
  CHECK(used.is_closed());
  CHECK(s.server->statistics().timed_out == 2);
}

TEST_CASE("a header that drips in gains no time by dripping") {
  SimulatedServer s;
  WebClient& client = s.client("GET / HTTP/1.1\r\nHost: a\r\n");
  for (int second = 0; second < 12; ++second) {
    client.send("X: y\r\n");
    s.network.run_for(1s);
  }
  CHECK(client.received().starts_with("HTTP/1.1 408 Request Timeout\r\n"));
  s.network.run_for(3s);
  CHECK(s.server->statistics().connections == 0);
}

TEST_CASE("a body that never comes is given up") {
  SimulatedServer s;
  WebClient& client = s.client("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab");
  s.network.run_for(11s);
  CHECK(client.received().starts_with("HTTP/1.1 408"));
  CHECK(s.asked.empty());
}

TEST_CASE("a handler that never answers is answered for, once") {
  SimulatedServer s;
  s.keeps_replies = true;
  WebClient& client = s.client(get);
  s.network.run_for(11s);
  CHECK(client.received().starts_with("HTTP/1.1 503"));
  s.replies[0]({.body = "late", .headers = {}});
  s.network.run_for(1s);
  CHECK(client.count("HTTP/1.1 ") == 1);
  client.send(get);
  s.network.run_for(1s);
  CHECK(s.asked.size() == 2);
}

TEST_CASE("an answer after the client or the server has gone does nothing") {
  SimulatedServer s;
  s.keeps_replies = true;
  s.client(get);
  s.clients.clear();
  s.network.run_for(1s);
  s.replies[0]({.body = "one", .headers = {}});
  s.network.run_for(1s);
  CHECK(s.server->statistics().connections == 0);
  s.client(get);
  s.server = nullptr;
  s.replies[1]({.body = "two", .headers = {}});
}

TEST_CASE("an answer may be given twice, and counts once") {
  SimulatedServer s;
  s.keeps_replies = true;
  WebClient& client = s.client(get);
  s.replies[0]({.body = "one", .headers = {}});
  s.replies[0]({.body = "two", .headers = {}});
  s.network.run_for(1s);
  CHECK(client.count("HTTP/1.1 ") == 1);
}

TEST_CASE("with all places taken the oldest idle connection makes room") {
  SimulatedServer s({.connections = 3});
  s.keeps_replies = true;
  WebClient& waits = s.client(get);  // for its answer: stays
  WebClient& sends = s.client("GET / HT");
  WebClient& idle = s.client();
  s.network.run_for(100ms);
  WebClient& fourth = s.client(get);
  CHECK(idle.is_closed());
  CHECK(s.asked.size() == 2);
  WebClient& fifth = s.client(get);
  CHECK(sends.is_closed());
  CHECK(s.asked.size() == 3);
  WebClient& sixth = s.client(get);  // all others wait for answers
  CHECK(sixth.is_closed());
  CHECK(s.asked.size() == 3);
  CHECK(s.server->statistics().refused == 1);
  for (WebReply& reply : s.replies) reply({.body = "ok", .headers = {}});
  s.network.run_for(100ms);
  for (const WebClient* client : {&waits, &fourth, &fifth}) CHECK(client->count("200 OK") == 1);
}

TEST_CASE("a client that takes nothing of its answer makes room, the longest so first") {
  SimulatedServer s({.connections = 3});
  s.keeps_replies = true;
  const std::string large(4 << 20, 'x');  // more than the network takes unread
  std::deque<WebClient*> deaf;
  for (std::size_t index = 0; index < 3; ++index) {
    deaf.push_back(&s.client());
    deaf.back()->stop_reading();
    deaf.back()->send(get);
    s.network.run_for(100ms);
  }
  // Answered in another order than they came, and the one that was answered first reads on.
  for (const std::size_t index : {2U, 0U, 1U}) {
    s.replies[index]({.body = large, .headers = {}});
    s.network.run_for(100ms);
  }
  deaf[2]->resume_reading();
  s.network.run_for(2ms);
  deaf[2]->stop_reading();
  REQUIRE(deaf[2]->received().size() < large.size());

  const WebClient& first = s.client(get);
  REQUIRE(s.asked.size() == 4);
  CHECK(s.server->statistics().refused == 0);
  deaf[0]->resume_reading();
  s.network.run_for(1s);
  CHECK(deaf[0]->is_closed());
  s.replies[3]({.body = "served", .headers = {}});
  s.network.run_for(100ms);
  CHECK(first.received().ends_with("served"));
  for (auto* const client : {deaf[1], deaf[2]}) {
    client->resume_reading();
    s.network.run_for(1s);
    CHECK(client->received().size() > large.size());
  }
}

TEST_CASE("answers that nobody takes are bounded in sum") {
  SimulatedServer s({.unsent_bytes = 10'000});
  s.keeps_replies = true;
  WebClient& client = s.client(get);
  s.replies[0]({.body = std::string(20'000, 'x'), .headers = {}});
  s.network.run_for(100ms);
  CHECK(client.received().starts_with("HTTP/1.1 503"));
  client.send(get);
  s.network.run_for(100ms);
  s.replies[1]({.body = std::string(5'000, 'x'), .headers = {}});
  s.network.run_for(100ms);
  CHECK(client.count("HTTP/1.1 200") == 1);
}

namespace {

// A body of `count` pieces of `size` bytes each; `made` counts those that were asked for.
WebResponse in_pieces(int count, std::size_t size, int& made) {
  return {.body = {}, .headers = {}, .pieces = [count, size, &made]() -> std::string {
            return made == count ? std::string()
                                 : std::string(size, static_cast<char>('a' + made++));
          }};
}

}  // namespace

TEST_CASE("an answer in pieces: chunks, or up to the end of the connection, or a head alone") {
  SimulatedServer s;
  s.keeps_replies = true;
  std::vector<int> made(3, 0);
  WebClient& chunked = s.client(get);
  s.replies[0](in_pieces(3, 2, made[0]));
  s.network.run_for(100ms);
  CHECK(chunked.received().ends_with("\r\n\r\n2\r\naa\r\n2\r\nbb\r\n2\r\ncc\r\n0\r\n\r\n"));
  CHECK_FALSE(chunked.is_closed());
  WebClient& old = s.client("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
  s.replies[1](in_pieces(3, 2, made[1]));
  s.network.run_for(100ms);
  CHECK(old.received().find("Connection: close\r\n") != std::string::npos);
  CHECK(old.received().ends_with("\r\n\r\naabbcc"));
  CHECK(old.is_closed_cleanly());
  WebClient& head = s.client("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
  s.replies[2](in_pieces(3, 2, made[2]));
  s.network.run_for(100ms);
  CHECK(head.received().find("Transfer-Encoding: chunked\r\n") != std::string::npos);
  CHECK(head.received().ends_with("\r\n\r\n"));
  CHECK(made == std::vector<int>{3, 3, 0});
  chunked.send(get);
  head.send(get);
  s.network.run_for(100ms);
  CHECK(s.asked.size() == 5);
}

TEST_CASE("a piece is made once the one before it is taken, and a client that takes none is cut") {
  SimulatedServer s;
  s.keeps_replies = true;
  int made = 0;
  WebClient& deaf = s.client(get);
  deaf.stop_reading();
  s.replies[0](in_pieces(1'000, 64 << 10, made));
  s.network.run_for(5s);
  const int at_first = made;
  CHECK(at_first < 100);  // what the connection's buffers take
  CHECK(s.client("GET /other HTTP/1.1\r\nHost: a\r\n\r\n").received().empty());
  CHECK(s.asked.size() == 2);  // the loop goes on
  s.network.run_for(10s);
  CHECK(made == at_first);
  CHECK(s.server->statistics().timed_out >= 1);
}

TEST_CASE("answers in pieces are bounded in number and in time, and places come free again") {
  SimulatedServer s({.streams = 2, .stream = 20s});
  s.keeps_replies = true;
  std::vector<int> made(5, 0);
  std::vector<WebClient*> clients;
  for (std::size_t i = 0; i < 3; ++i) {
    clients.push_back(&s.client(get));
    clients.back()->stop_reading();
    s.replies[i](in_pieces(1'000, 64 << 10, made[i]));
    s.network.run_for(100ms);
  }
  CHECK(made[2] == 0);
  clients[2]->resume_reading();
  s.network.run_for(100ms);
  CHECK(clients[2]->received().starts_with("HTTP/1.1 503 "));
  s.clients.pop_front();  // one vanishes
  s.network.run_for(30s);
  CHECK(s.server->statistics().connections == 0);
  s.client(get);
  s.replies[3](in_pieces(3, 2, made[3]));
  s.network.run_for(100ms);
  CHECK(s.clients.back()->received().ends_with("0\r\n\r\n"));
}

TEST_CASE("two thousand idle connections do not keep a request waiting") {
  SimulatedServer s;
  for (int i = 0; i < 2048; ++i) s.client();
  s.network.run_for(1s);
  CHECK(s.server->statistics().connections == 2048);
  CHECK(s.client(get).received().ends_with("\r\n\r\n/"));
}

TEST_CASE("on real sockets: a client that does not read is dropped, others are served meanwhile") {
  tests::UvHarness loop;
  const std::string large(60 << 20, 'x');  // more than the kernel's buffers take
  auto server =
      Server::create(loop.network(), {.listen = port("127.0.0.1:0"), .limits = {.patience = 1s}},
                     [&large](const net::Request& request, const WebReply& reply) {
                       reply({.body = request.target == "/" ? "small" : large, .headers = {}});
                     })
          .value();
  {
    WebClient deaf(loop.network(), server->local());
    deaf.stop_reading();
    deaf.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
    REQUIRE(loop.run_until([&] { return server->statistics().answered == 1; }));
    WebClient other(loop.network(), server->local());
    other.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    REQUIRE(loop.run_until([&] { return other.is_closed(); }));
    CHECK(other.received().ends_with("small"));
    CHECK(server->statistics().timed_out == 0);
    REQUIRE(loop.run_until([&] { return server->statistics().timed_out == 1; }));
    WebClient reader(loop.network(), server->local());
    reader.send("GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    REQUIRE(loop.run_until([&] { return reader.is_closed(); }));
    CHECK(reader.is_closed_cleanly());
    CHECK(reader.received().size() > large.size());
  }
  server = nullptr;
}

TEST_CASE("a port that is taken is an error, not a server") {
  tests::UvHarness loop;
  const auto make = [&loop](const config::ListenAddress& listen) {
    return Server::create(loop.network(), {.listen = listen}, [](net::Request, const WebReply&) {});
  };
  auto first = make(port("127.0.0.1:0")).value();
  const auto second = make({.endpoint = first->local(), .unix_path = {}});
  REQUIRE_FALSE(second);
  CHECK_FALSE(second.error().message.empty());
  first = nullptr;
}

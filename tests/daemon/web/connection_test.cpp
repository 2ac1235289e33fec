#include "daemon/web/connection.h"

#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "probes/net/tls_stream.h"
#include "tests/daemon/web/web_client.h"
#include "tests/fakes/certificate_maker.h"
#include "tests/fakes/simulated_network.h"
#include "tests/fakes/temporary_directory.h"

using namespace gatewatch;
using namespace gatewatch::daemon::web;
using gatewatch::tests::SimulatedNetwork;
using gatewatch::tests::WebClient;
using namespace std::chrono_literals;

namespace {

// What an answer looks like without what differs from run to run.
std::string answers_to(const std::string& bytes, std::size_t piece) {
  SimulatedNetwork network;
  auto server =
      Server::create(
          network, {.listen = {.endpoint = *Endpoint::parse("127.0.0.1:1"), .unix_path = {}}},
          [](const net::Request& request, const WebReply& reply) {
            reply({.body = request.method + request.target + request.body, .headers = {}});
          })
          .value();
  std::string received;
  {
    WebClient client(network, server->local());
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      client.send(bytes.substr(at, piece));
      network.run_for(10ms);
    }
    network.run_for(1s);
    received = client.received();
  }
  server = nullptr;
  network.run_for(1s);
  return received;
}

}  // namespace

TEST_CASE("how requests are cut into packets changes no answer") {
  const std::string bytes =
      "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
      "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody"
      "POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"
      "HEAD /4 HTTP/1.1\r\nHost: a\r\n\r\n"
      "NONSENSE\r\n\r\n"
      "GET /never HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string whole = answers_to(bytes, bytes.size());
  CHECK(whole.find("GET/1") != std::string::npos);
  CHECK(whole.find("POST/2body") != std::string::npos);
  CHECK(whole.find("POST/3ab") != std::string::npos);
  CHECK(whole.find("HTTP/1.1 400") != std::string::npos);
  CHECK(whole.find("never") == std::string::npos);
  for (const std::size_t piece : {1u, 2u, 3u, 7u, 20u, 50u, 100u}) {
    CAPTURE(piece);
    CHECK(answers_to(bytes, piece) == whole);
  }
}

TEST_CASE("a client that ends its side still gets its answer") {
  SimulatedNetwork network;
  auto server =
      Server::create(
          network, {.listen = {.endpoint = *Endpoint::parse("127.0.0.1:1"), .unix_path = {}}},
          [](const net::Request&, const WebReply& reply) { reply({.body = "ok", .headers = {}}); })
          .value();
  {
    tests::StreamRecorder client(network.stream());
    client.after_connected = [&client] {
      client.stream->read_start();
      client.stream->write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      client.stream->shutdown();
    };
    client.stream->connect(server->local());
    network.run_for(1s);
    CHECK(client.text.ends_with("ok"));
    CHECK(server->statistics().connections == 0);
  }
  server = nullptr;
}

TEST_CASE("over TLS the same is served, and what is no TLS, or none to the end, is closed") {
  SimulatedNetwork network;
  const tests::TemporaryDirectory directory;
  const auto files =
      tests::make_self_signed({.names = {"localhost"}}).write(directory.path(), "own");
  const auto context = net::TlsContext::server(files).value();
  auto server =
      Server::create(network,
                     {.listen = {.endpoint = *Endpoint::parse("127.0.0.1:1"), .unix_path = {}},
                      .tls = context},
                     [](const net::Request&, const WebReply& reply) {
                       reply({.body = "secret", .headers = {}});
                     })
          .value();
  {
    tests::StreamRecorder below(network.stream());
    below.stream->connect(server->local());
    network.run_for(1s);
    config::Tls settings;
    settings.verify = false;
    auto tls =
        net::TlsStream::client(std::move(below.stream), net::TlsContext::client(settings).value(),
                               "localhost", network.clock().wall_now());
    net::TlsStream& handshaking = *tls;
    tests::StreamRecorder client(std::move(tls));
    handshaking.handshake();
    network.run_for(1s);
    REQUIRE(client.connected.has_value());
    REQUIRE(client.connected->ok());
    client.stream->read_start();
    client.stream->write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    network.run_for(1s);
    CHECK(client.text.ends_with("secret"));
    CHECK(client.ended.has_value());

    WebClient plain(network, server->local());
    plain.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    WebClient silent(network, server->local());
    network.run_for(1s);
    CHECK(plain.received().find("secret") == std::string::npos);
    CHECK(plain.is_closed());
    CHECK_FALSE(silent.is_closed());
    network.run_for(11s);
    CHECK(silent.is_closed());
    CHECK(server->statistics().connections == 0);
  }
  server = nullptr;
}

// A client and a server of TLS on the simulated network, with an authority that the client trusts.

#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "probes/net/tls_stream.h"
#include "tests/fakes/certificate_maker.h"
#include "tests/fakes/simulated_network.h"
#include "tests/fakes/stream_recorder.h"
#include "tests/fakes/temporary_directory.h"

namespace gatewatch::tests {

inline const Endpoint endpoint = Endpoint::parse("192.0.2.1:443").value();

// A client of whatever serves on `endpoint`, through the handshake.
struct TlsClient {
  TlsClient(SimulatedNetwork& network, std::shared_ptr<const net::TlsContext> context,
            const std::string& name) {
    StreamRecorder below(network.stream());
    below.stream->connect(endpoint);
    REQUIRE(
        network.run_until([&] { return below.connected.has_value(); }, std::chrono::minutes(1)));
    REQUIRE(below.connected->ok());
    auto made = net::TlsStream::client(std::move(below.stream), std::move(context), name,
                                       network.clock().wall_now());
    tls = made.get();
    events.stream = std::move(made);
    events.stream->set_events(&events);
    tls->handshake();
    CHECK_FALSE(events.connected.has_value());
  }

  StreamRecorder events;
  net::TlsStream* tls = nullptr;
};

struct TlsWorld {
  using Wrap = std::function<std::unique_ptr<net::Stream>(std::unique_ptr<net::Stream>)>;

  SimulatedNetwork network;
  TemporaryDirectory directory;
  MadeCertificate root = make_authority();
  std::string root_path = write_file(directory.path(), "root.pem", root.certificate);
  std::vector<std::unique_ptr<StreamRecorder>> servers;
  std::unique_ptr<net::Listener> listener;

  void serve(const MadeCertificate& certificate) {
    serve(net::TlsContext::server(certificate.write(directory.path(), "server")).value());
  }
  // `wrap`: what the server's records pass on their way out.
  void serve(std::shared_ptr<const net::TlsContext> context, Wrap wrap = {}) {
    listener.reset();
    listener = network
                   .listen({.endpoint = endpoint, .unix_path = {}},
                           [this, context, wrap](std::unique_ptr<net::Stream> below) {
                             if (wrap) below = wrap(std::move(below));
                             auto tls = net::TlsStream::server(std::move(below), context);
                             auto* const made = tls.get();
                             servers.push_back(std::make_unique<StreamRecorder>(std::move(tls)));
                             made->handshake();
                           })
                   .value();
  }
  [[nodiscard]] MadeCertificate leaf(CertificateWish wish) const { return issue(root, wish); }
  [[nodiscard]] std::shared_ptr<const net::TlsContext> client_context(bool verify = true) const {
    config::Tls tls;
    tls.verify = verify;
    tls.ca = root_path;
    return net::TlsContext::client(tls).value();
  }
  [[nodiscard]] std::unique_ptr<TlsClient> connect(const std::string& name = "shop.test",
                                                   bool verify = true) {
    return connect(name, client_context(verify));
  }
  [[nodiscard]] std::unique_ptr<TlsClient> connect(const std::string& name,
                                                   std::shared_ptr<const net::TlsContext> context) {
    auto client = std::make_unique<TlsClient>(network, std::move(context), name);
    REQUIRE(network.run_until([&] { return client->events.connected.has_value(); },
                              std::chrono::minutes(1)));
    return client;
  }
  // "" where the handshake succeeds.
  [[nodiscard]] std::string reason(const std::string& name = "shop.test") {
    const auto client = connect(name);
    CHECK(client->events.connected->ok() == !client->tls->failure().has_value());
    return client->tls->failure() ? client->tls->failure()->reason : "";
  }
};

}  // namespace gatewatch::tests

#include "probes/net/tls_stream.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include "tests/fakes/certificate_maker.h"
#include "tests/fakes/simulated_network.h"
#include "tests/fakes/stream_recorder.h"
#include "tests/fakes/temporary_directory.h"

namespace gatewatch::tests {
namespace {

using namespace std::chrono_literals;
using net::IoStatus;
using net::TlsContext;
using net::TlsStream;

const Endpoint endpoint = Endpoint::parse("192.0.2.1:443").value();

// A client of whatever serves on `endpoint`, through the handshake.
struct TlsClient {
  TlsClient(SimulatedNetwork& network, std::shared_ptr<const TlsContext> context,
            const std::string& name) {
    StreamRecorder below(network.stream());
    below.stream->connect(endpoint);
    REQUIRE(network.run_until([&] { return below.connected.has_value(); }, 1min));
    REQUIRE(below.connected->ok());
    auto made = TlsStream::client(std::move(below.stream), std::move(context), name,
                                  network.clock().wall_now());
    tls = made.get();
    events.stream = std::move(made);
    events.stream->set_events(&events);
    tls->handshake();
    CHECK_FALSE(events.connected.has_value());
  }

  StreamRecorder events;
  TlsStream* tls = nullptr;
};

struct TlsWorld {
  SimulatedNetwork network;
  TemporaryDirectory directory;
  MadeCertificate root = make_authority();
  std::string root_path = write_file(directory.path(), "root.pem", root.certificate);
  std::vector<std::unique_ptr<StreamRecorder>> servers;
  std::unique_ptr<net::Listener> listener;

  void serve(const MadeCertificate& certificate) {
    listener.reset();
    const auto files = certificate.write(directory.path(), "server");
    const auto context = TlsContext::server(files).value();
    listener = network
                   .listen({.endpoint = endpoint, .unix_path = {}},
                           [this, context](std::unique_ptr<net::Stream> below) {
                             auto tls = TlsStream::server(std::move(below), context);
                             auto* const made = tls.get();
                             servers.push_back(std::make_unique<StreamRecorder>(std::move(tls)));
                             made->handshake();
                           })
                   .value();
  }
  [[nodiscard]] MadeCertificate leaf(CertificateWish wish) const { return issue(root, wish); }
  [[nodiscard]] std::shared_ptr<const TlsContext> client_context(bool verify = true) const {
    config::Tls tls;
    tls.verify = verify;
    tls.ca = root_path;
    return TlsContext::client(tls).value();
  }
  [[nodiscard]] std::unique_ptr<TlsClient> connect(const std::string& name = "shop.test",
                                                   bool verify = true) {
    return connect(name, client_context(verify));
  }
  [[nodiscard]] std::unique_ptr<TlsClient> connect(const std::string& name,
                                                   std::shared_ptr<const TlsContext> context) {
    auto client = std::make_unique<TlsClient>(network, std::move(context), name);
    REQUIRE(network.run_until([&] { return client->events.connected.has_value(); }, 1min));
    return client;
  }
  // "" where the handshake succeeds.
  [[nodiscard]] std::string reason(const std::string& name = "shop.test") {
    const auto client = connect(name);
    CHECK(client->events.connected->ok() == !client->tls->failure().has_value());
    return client->tls->failure() ? client->tls->failure()->reason : "";
  }
};

TEST_CASE("bytes go both ways, and the facts of the session are known") {
  TlsWorld world;
  world.serve(world.leaf({.common_name = "shop", .names = {"shop.test"}}));
  const auto client = world.connect();
  REQUIRE(client->events.connected->ok());
  CHECK(client->tls->version() == "TLSv1.3");
  CHECK_FALSE(client->tls->cipher().empty());
  CHECK(client->tls->peer() == endpoint);
  const auto facts = client->tls->certificate();
  REQUIRE(facts.has_value());
  CHECK(facts->subject == "CN=shop");
  CHECK(facts->issuer == "CN=Test Root");
  CHECK(facts->fingerprint.size() == 64);
  CHECK(client->tls->chain_fingerprint().size() == 64);

  auto& server = *world.servers.at(0);
  const std::string much(1'000'000, 'm');
  server.stream->read_start();
  client->events.stream->read_start();
  client->events.stream->write(much);
  REQUIRE(world.network.run_until([&] { return server.text.size() == much.size(); }, 1min));
  REQUIRE(world.network.run_until([&] { return client->events.writes == 1; }, 1min));
  CHECK(server.text == much);
  server.stream->write("answer");
  REQUIRE(world.network.run_until([&] { return client->events.text == "answer"; }, 1min));
  server.stream->shutdown();
  REQUIRE(world.network.run_until([&] { return client->events.ended.has_value(); }, 1min));
  CHECK(client->events.ended->status == IoStatus::EndOfStream);
  CHECK(client->tls->clean_end());
}

TEST_CASE("each bad certificate has its reason") {
  TlsWorld world;
  const auto stranger = make_authority("Stranger");
  const Timestamp past = std::chrono::sys_days(std::chrono::year(2021) / 1 / 1);
  const Timestamp future = std::chrono::sys_days(std::chrono::year(2089) / 1 / 1);
  const std::vector<std::string> names = {"shop.test"};
  const std::vector<std::pair<MadeCertificate, std::string>> cases = {
      {world.leaf({.names = names}), ""},
      {world.leaf({.names = names, .key = KeyKind::Rsa2048}), ""},
      {world.leaf({.names = names, .not_after = past}), "expired"},
      {world.leaf({.names = names, .not_before = future}), "not_yet_valid"},
      {world.leaf({.names = {"other.test"}}), "wrong_host"},
      {world.leaf({.common_name = "shop.test"}), "wrong_host"},
      {make_self_signed({.names = names}), "self_signed"},
      {issue(stranger, {.names = names}), "untrusted"},
      {world.leaf({.names = names, .extended_key_usage = "clientAuth"}), "certificate"},
  };
  for (const auto& [certificate, reason] : cases) {
    CAPTURE(reason);
    world.serve(certificate);
    const auto client = world.connect();
    CHECK((client->tls->failure() ? client->tls->failure()->reason : "") == reason);
    REQUIRE(client->tls->certificate().has_value());
    if (client->tls->failure()) CHECK(client->tls->failure()->detail.find("CN=") == 0);
    const auto careless = world.connect("shop.test", false);
    CHECK(careless->events.connected->ok());
    CHECK(careless->tls->certificate() == client->tls->certificate());
  }
}

TEST_CASE("a chain that is known again is not verified again") {
  TlsWorld world;
  const auto context = world.client_context();
  world.serve(world.leaf({.names = {"shop.test"}}));
  const auto first = world.connect("shop.test", context);
  REQUIRE(first->events.connected->ok());
  SSL_CTX_set_cert_store(context->get(), X509_STORE_new());  // nothing is trusted any more
  const auto again = world.connect("shop.test", context);
  CHECK(again->events.connected->ok());
  CHECK(again->tls->certificate() == first->tls->certificate());
  world.serve(world.leaf({.names = {"shop.test"}}));
  CHECK(world.connect("shop.test", context)->tls->failure()->reason == "untrusted");
}

TEST_CASE("what was verified of a chain holds for its own names and dates alone") {
  TlsWorld world;
  world.serve(world.leaf({.names = {"shop.test", "192.0.2.1"}}));
  const auto context = world.client_context();
  REQUIRE(world.connect("shop.test", context)->events.connected->ok());
  CHECK(world.connect("192.0.2.1", context)->events.connected->ok());
  for (const auto* const name : {"other.test", "192.0.2.2"}) {
    const auto wrong = world.connect(name, context);
    REQUIRE(wrong->tls->failure().has_value());
    CHECK(wrong->tls->failure()->reason == "wrong_host");
  }
  // The same names and issuer, another certificate.
  world.serve(
      world.leaf({.names = {"shop.test"}, .not_after = Timestamp(std::chrono::days(18'000))}));
  CHECK(world.connect("shop.test", context)->tls->failure()->reason == "expired");
  // Who does not trust the root has not seen it verified.
  world.serve(world.leaf({.names = {"shop.test"}}));
  CHECK(world.connect("shop.test", context)->events.connected->ok());
  const auto stranger = make_authority("Stranger");
  world.root_path = write_file(world.directory.path(), "stranger.pem", stranger.certificate);
  CHECK(world.reason() == "untrusted");
}

TEST_CASE("certificates are held against our clock, known again or not") {
  TlsWorld world;
  const auto now = world.network.clock().wall_now();
  world.serve(world.leaf({.names = {"shop.test"}, .not_before = now, .not_after = now + 1h}));
  const auto context = world.client_context();
  const auto reason = [&world](std::shared_ptr<const TlsContext> asked) {
    const auto client = world.connect("shop.test", std::move(asked));
    return client->tls->failure() ? client->tls->failure()->reason : "";
  };
  CHECK(reason(context) == "");
  world.network.jump_wall_clock(-1h);
  CHECK(reason(context) == "not_yet_valid");
  CHECK(reason(world.client_context()) == "not_yet_valid");
  world.network.jump_wall_clock(3h);
  CHECK(reason(context) == "expired");
  CHECK(reason(world.client_context()) == "expired");
  world.network.jump_wall_clock(-2h + 30min);
  CHECK(reason(context) == "");
}

TEST_CASE("a weak key is refused") {
  // Our server's own OpenSSL would not serve such a leaf, so the weak key is that of the root.
  TlsWorld world;
  world.root =
      make_self_signed({.common_name = "Weak Root", .key = KeyKind::Rsa1024, .is_authority = true});
  world.root_path = write_file(world.directory.path(), "weak.pem", world.root.certificate);
  world.serve(world.leaf({.names = {"shop.test"}}));
  CHECK(world.reason() == "weak");
}

TEST_CASE("names are matched as browsers do") {
  TlsWorld world;
  world.serve(world.leaf({.names = {"*.shop.test", "a*.part.test", "192.0.2.1"}}));
  CHECK(world.reason("www.shop.test") == "");
  CHECK(world.reason("WWW.Shop.test.") == "");
  CHECK(world.reason("shop.test") == "wrong_host");
  CHECK(world.reason("a.b.shop.test") == "wrong_host");
  CHECK(world.reason("ab.part.test") == "wrong_host");
  CHECK(world.reason("192.0.2.1") == "");
  CHECK(world.reason("192.0.2.2") == "wrong_host");
  CHECK(world.reason(".shop.test") == "wrong_host");
  CHECK(world.reason("") == "wrong_host");
}

TEST_CASE("a chain is as old as its oldest link, and may end below the root") {
  TlsWorld world;
  const Timestamp soon = std::chrono::sys_days(std::chrono::year(2050) / 6 / 1);
  const auto middle =
      world.leaf({.common_name = "Middle", .not_after = soon, .is_authority = true});
  const auto leaf = issue(middle, {.common_name = "shop", .names = {"shop.test"}});
  world.serve(leaf);
  const auto client = world.connect();
  REQUIRE(client->events.connected->ok());
  CHECK(client->tls->certificate()->not_after == soon);
  world.root_path = write_file(world.directory.path(), "middle.pem", middle.certificate);
  CHECK(world.reason() == "");
  auto incomplete = leaf;
  incomplete.chain = leaf.certificate;
  world.serve(incomplete);
  world.root_path = write_file(world.directory.path(), "root.pem", world.root.certificate);
  CHECK(world.reason() == "untrusted");
}

TEST_CASE("what is not TLS, breaks or never ends fails with its reason") {
  TlsWorld world;
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"HTTP/1.1 400 Bad Request\r\n\r\n", "not_tls"},
      {"SSH-2.0-OpenSSH_9.2", "not_tls"},
      {std::string("\x80\x2e", 2), "not_tls"},  // a hello of SSL 2
      {std::string("\x16\x02\x00\x00\x05\x00\x00\x00\x00\x00", 10), "protocol"},
      {std::string("\x15\x03\x03\x00\x02\x02\x74", 7), "client_certificate"},  // alert 116
      {std::string("\x15\x03\x03\x00\x02\x02\x46", 7), "protocol"},   // alert protocol_version
      {std::string("\x15\x03\x03\x00\x02\x02\x28", 7), "handshake"},  // alert handshake_failure
      {std::string("\x15\x03\x03\x00\x02\x01\x00", 7), "closed"},     // alert close_notify
      {std::string("\x16\x03\x03\x40\x00\x02\xff\xff\xff", 9) + std::string(20000, '\0'),
       "handshake"},
      {std::string("\x16\x03\x03\xff\xff", 5) + std::string(70000, '\0'), "protocol"},
      {"FIN", "closed"},
      {"RST", "reset"},
  };
  for (const auto& [said, reason] : cases) {
    CAPTURE(reason);
    world.network.serve(endpoint, [&said](SimulatedNetwork::Conversation& conversation) {
      if (conversation.received().empty()) return;
      if (said == "FIN") return conversation.finish();
      if (said == "RST") return conversation.reset();
      conversation.send(said);
    });
    CHECK(world.reason() == reason);
  }
}

TEST_CASE("endless handshake bytes come to an end") {
  TlsWorld world;
  // Alerts of level warning, user_canceled: harmless one by one.
  const std::string warning("\x15\x03\x03\x00\x02\x01\x5a", 7);
  std::string many;
  while (many.size() < 1 << 20) many += warning;
  world.network.serve(endpoint, [&many](SimulatedNetwork::Conversation& conversation) {
    if (!conversation.received().empty()) conversation.send(many);
  });
  CHECK(world.reason() == "handshake");
}

TEST_CASE("an end without close_notify is an end, but not a clean one") {
  TlsWorld world;
  world.serve(world.leaf({.names = {"shop.test"}}));
  const auto client = world.connect();
  client->events.stream->read_start();
  world.network.run_for(1s);
  world.servers.clear();
  REQUIRE(world.network.run_until([&] { return client->events.ended.has_value(); }, 1min));
  CHECK(client->events.ended->status == IoStatus::EndOfStream);
  CHECK_FALSE(client->tls->clean_end());
}

TEST_CASE("a stream may be destroyed in any of its events") {
  for (const std::string event : {"connected", "written", "read", "end"}) {
    CAPTURE(event);
    TlsWorld world;
    world.serve(world.leaf({.names = {"shop.test"}}));
    auto client = std::make_unique<TlsClient>(world.network, world.client_context(), "shop.test");
    const auto destroy = [&] { client.reset(); };
    if (event == "connected") client->events.after_connected = destroy;
    if (event == "written") client->events.after_written = destroy;
    if (event == "read") client->events.after_read = destroy;
    if (event == "end") client->events.after_end = destroy;
    world.network.run_for(1s);
    if (client) {
      client->events.stream->read_start();
      client->events.stream->write("question");
      world.servers.at(0)->stream->write(std::string(100'000, 'x'));
      world.network.run_for(1s);
      world.servers.at(0)->stream->shutdown();
      world.network.run_for(1s);
    }
    CHECK(client == nullptr);
  }
}

TEST_CASE("a paused stream tells nothing, and what waited comes after") {
  TlsWorld world;
  world.serve(world.leaf({.names = {"shop.test"}}));
  const auto client = world.connect();
  world.network.run_for(1s);
  auto& server = *world.servers.at(0);
  server.stream->write(std::string(50'000, 'x'));
  client->events.after_read = [&] { client->events.stream->read_stop(); };
  client->events.stream->read_start();
  world.network.run_for(1s);
  const auto first = client->events.text.size();
  CHECK(first > 0);
  CHECK(first < 50'000);
  client->events.after_read = nullptr;
  client->events.stream->read_start();
  CHECK(client->events.text.size() == first);
  world.network.run_for(1s);
  CHECK(client->events.text.size() == 50'000);
}

TEST_CASE("contexts say what is wrong with their files, and nothing of the key") {
  const TemporaryDirectory directory;
  const auto one = make_self_signed({});
  const auto other = make_self_signed({});
  const auto files = one.write(directory.path(), "one");
  config::Tls tls;
  tls.ca = "/nonexistent/ca.pem";
  CHECK(TlsContext::client(tls).error().message.find("/nonexistent/ca.pem") != std::string::npos);
  tls.ca.clear();
  tls.certificate = files.certificate;
  tls.key = config::Secret(other.key);
  CHECK(TlsContext::client(tls).error().message.find(files.certificate) != std::string::npos);
  tls.key = config::Secret("garbage");
  CHECK(TlsContext::client(tls).error().message.find("garbage") == std::string::npos);
  tls.key = config::Secret(one.key);
  CHECK(TlsContext::client(tls).has_value());
}

TEST_CASE("the server's certificate is what was read with its key, whatever the file holds since") {
  TlsWorld world;
  const auto between = issue(world.root, {.common_name = "Between", .is_authority = true});
  const auto leaf = issue(between, {.names = {"shop.test"}});
  const auto server_error = [&leaf](const std::string& chain, const std::string& key) {
    const auto context = TlsContext::server(
        {.certificate = "/renewed.pem", .chain = chain, .key = config::Secret(key)});
    return context ? "" : context.error().message;
  };
  CHECK(server_error(leaf.chain, leaf.key).empty());
  CHECK(server_error("", leaf.key).starts_with("cannot load the certificate /renewed.pem: "));
  CHECK(server_error(leaf.chain + "-----BEGIN CERTIFICATE-----\nAA", leaf.key)
            .starts_with("cannot load the certificate /renewed.pem: "));
  CHECK(server_error(leaf.chain, between.key)
            .starts_with("cannot use the key of the certificate /renewed.pem: "));
  world.serve(leaf);  // with what leads to the root
  CHECK(world.reason() == "");
}

TEST_CASE("equal configurations share a context, whatever the name") {
  net::TlsContextCache cache;
  config::Tls tls;
  tls.verify = false;
  const auto first = cache.client(tls).value();
  tls.server_name = "other.test";
  CHECK(cache.client(tls).value() == first);
  tls.min_version = config::TlsVersion::V1_3;
  CHECK(cache.client(tls).value() != first);
}

}  // namespace
}  // namespace gatewatch::tests

// Every outcome of the table but vantage, each reached over real sockets by a peer that brings it
// about. A new outcome without a case here fails.

#include <arpa/inet.h>
#include <functional>
#include <map>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "config/outcome.h"
#include "probes/net/digest.h"
#include "tests/fakes/certificate_maker.h"
#include "tests/fakes/dns_server.h"
#include "tests/fakes/temporary_directory.h"
#include "tests/fakes/uv_harness.h"
#include "tests/probes/misbehaving_server.h"
#include "tests/probes/probe_fixture.h"

using namespace gatewatch;
using namespace gatewatch::tests;
using namespace std::chrono_literals;
using End = Behaviour::End;

namespace {

constexpr auto ok_answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

// A socket of our own for what the network does not do: connections that nobody accepts.
class RawSocket {
 public:
  RawSocket() : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
    REQUIRE(descriptor_ >= 0);
  }
  RawSocket(const RawSocket&) = delete;
  RawSocket& operator=(const RawSocket&) = delete;
  ~RawSocket() { ::close(descriptor_); }

  void bind_to_loopback() {
    auto address = loopback(0);
    REQUIRE(::bind(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }
  void listen(int backlog) { REQUIRE(::listen(descriptor_, backlog) == 0); }
  void connect(std::uint16_t port) {
    auto address = loopback(port);
    [[maybe_unused]] const int in_progress =
        ::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address);
  }
  [[nodiscard]] std::uint16_t port() const {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    REQUIRE(::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    return ntohs(address.sin_port);
  }

 private:
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
  }

  int descriptor_;
};

struct Scene {
  Result probe(const config::Route& route) {
    ProbeRun run(harness.network(), route, 0, identity);
    run.start();
    REQUIRE(harness.run_until([&] { return run.is_done(); }));
    return run.result();
  }
  Result probe(Behaviour behaviour) {
    const MisbehavingServer server(harness.network(), std::move(behaviour));
    return probe(make_route(server.url()));
  }
  Result probe(const std::string& answer, End end = End::Finish) {
    return probe(Behaviour{answer, end, nullptr});
  }

  UvHarness harness;
  ProbeIdentity identity = make_identity();
};

Result expecting(Scene& scene, const std::function<void(config::Route&)>& change) {
  const MisbehavingServer server(scene.harness.network(), {ok_answer, End::None, nullptr});
  auto route = make_route(server.url());
  change(route);
  return scene.probe(route);
}

Result not_resolved(Scene& scene) {
  const DnsServer nobody_known;
  auto route = make_route("http://nowhere.example/");
  route.resolver = nobody_known.endpoint().text();
  return scene.probe(route);
}

std::uint16_t closed_port() {
  RawSocket socket;
  socket.bind_to_loopback();
  return socket.port();
}

// With a backlog of 0 Linux keeps one connection; the SYN of every further one is dropped.
Result not_answered(Scene& scene) {
  RawSocket listener;
  listener.bind_to_loopback();
  listener.listen(0);
  RawSocket first;
  RawSocket second;
  first.connect(listener.port());
  second.connect(listener.port());
  auto route = make_route("http://127.0.0.1:" + std::to_string(listener.port()) + "/");
  route.timeout = 300ms;
  return scene.probe(route);
}

Result not_trusted(Scene& scene) {
  const TemporaryDirectory directory;
  const auto certificate = make_self_signed({.names = {"127.0.0.1"}});
  const auto context = net::TlsContext::server(certificate.write(directory.path(), "server"));
  REQUIRE(context.has_value());
  const MisbehavingServer server(scene.harness.network(), {ok_answer, End::None, *context});
  return scene.probe(make_route(server.url("https")));
}

Result too_late(Scene& scene) {
  const MisbehavingServer server(scene.harness.network(), {"", End::None, nullptr});
  auto route = make_route(server.url());
  route.timeout = 200ms;
  return scene.probe(route);
}

Result reset(Scene& scene) {
  const MisbehavingServer server(scene.harness.network(), {"", End::Reset, nullptr});
  auto route = make_route(server.url());
  route.method = "POST";
  route.body = std::string(more_than_one_read, 'x');
  return scene.probe(route);
}

Result failing_proxy(Scene& scene) {
  auto route = make_route("http://shop.example/");
  route.proxy = config::Secret("http://127.0.0.1:" + std::to_string(closed_port()));
  return scene.probe(route);
}

Result refused_target(Scene& scene) {
  scene.identity.policy.deny.push_back(IpNetwork::parse("127.0.0.0/8").value());
  auto result = scene.probe(ok_answer);
  scene.identity.policy = {};
  return result;
}

// How each outcome comes about.
const std::map<Outcome, std::function<Result(Scene&)>>& cases() {
  static const std::map<Outcome, std::function<Result(Scene&)>> table = {
      {Outcome::Ok, [](Scene& scene) { return scene.probe(ok_answer, End::None); }},
      {Outcome::StatusMismatch,
       [](Scene& scene) {
         return scene.probe("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", End::None);
       }},
      {Outcome::ContentMismatch,
       [](Scene& scene) {
         return expecting(scene, [](auto& route) { route.expect.body.contains = {"up"}; });
       }},
      {Outcome::Slow,
       [](Scene& scene) {
         return expecting(scene, [](auto& route) { route.expect.latency = 0ms; });
       }},
      {Outcome::DnsFailure, not_resolved},
      {Outcome::ConnectRefused,
       [](Scene& scene) {
         return scene.probe(make_route("http://127.0.0.1:" + std::to_string(closed_port()) + "/"));
       }},
      {Outcome::ConnectTimeout, not_answered},
      // Linux connects TCP to no multicast address, route or not.
      {Outcome::Vantage, [](Scene& scene) { return scene.probe(make_route("http://224.0.0.1/")); }},
      {Outcome::TlsFailure, not_trusted},
      {Outcome::Timeout, too_late},
      {Outcome::ConnectionReset, reset},
      {Outcome::EmptyReply, [](Scene& scene) { return scene.probe(std::string()); }},
      {Outcome::MalformedResponse, [](Scene& scene) { return scene.probe("SSH-2.0-x\r\n\r\n"); }},
      {Outcome::IncompleteHeaders,
       [](Scene& scene) { return scene.probe("HTTP/1.1 200 OK\r\nServer: x"); }},
      {Outcome::IncompleteBody,
       [](Scene& scene) {
         return scene.probe("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
       }},
      {Outcome::HeaderTooLarge,
       [](Scene& scene) {
         return scene.probe("HTTP/1.1 200 OK\r\nX: " + std::string(70 << 10, 'x'), End::None);
       }},
      {Outcome::BodyTooLarge,
       [](Scene& scene) {
         return scene.probe("HTTP/1.1 200 OK\r\n\r\n" + std::string(2 << 20, 'x'));
       }},
      {Outcome::DecodeError,
       [](Scene& scene) {
         return scene.probe(
             "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 8\r\n\r\n"
             "not gzip");
       }},
      {Outcome::RedirectLoop,
       [](Scene& scene) { return scene.probe("HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n"); }},
      {Outcome::RedirectRefused,
       [](Scene& scene) {
         return scene.probe("HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n");
       }},
      {Outcome::TargetRefused, refused_target},
      {Outcome::ProxyFailure, failing_proxy},
  };
  return table;
}

}  // namespace

// What a router far away refuses, no loopback shows.
TEST_CASE("every outcome but connect_unreachable is reached over real sockets") {
  for (const auto& row : outcome_table()) {
    CAPTURE(row.name);
    if (row.outcome == Outcome::ConnectUnreachable) continue;
    const auto found = cases().find(row.outcome);
    REQUIRE(found != cases().end());
    Scene scene;
    const auto result = found->second(scene);
    CAPTURE(result.detail);
    CHECK(outcome_row(result.outcome).name == row.name);
    CHECK(result.is_failing() == row.failing);
    CHECK(result.detail.empty() == (row.outcome == Outcome::Ok));
    CHECK(result.detail.size() <= 300);
  }
}

namespace {

// A server that shows a certificate for 127.0.0.1 by an authority that the route trusts.
struct SecureScene : Scene {
  Result probe_tls(const std::string& answer, End end) {
    const auto context = net::TlsContext::server(leaf.write(directory.path(), "leaf"));
    REQUIRE(context.has_value());
    const MisbehavingServer server(harness.network(), {answer, end, *context});
    auto route = make_route(server.url("https"));
    route.tls.ca = write_file(directory.path(), "ca.pem", authority.certificate);
    return probe(route);
  }

  TemporaryDirectory directory;
  MadeCertificate authority = make_authority();
  MadeCertificate leaf = issue(authority, {.common_name = "leaf", .names = {"127.0.0.1"}});
};

std::string bytes_of(const std::string& digits) {
  std::string bytes;
  for (std::size_t index = 0; index < digits.size(); index += 2) {
    bytes += static_cast<char>(std::stoi(digits.substr(index, 2), nullptr, 16));
  }
  return bytes;
}

}  // namespace

TEST_CASE("an answer over TLS tells version, cipher and certificate") {
  SecureScene scene;
  const auto result = scene.probe_tls(ok_answer, End::None);
  CAPTURE(result.detail);
  CHECK(result.outcome == Outcome::Ok);
  CHECK(result.tls_version == "TLSv1.3");
  CHECK_FALSE(result.tls_cipher.empty());
  REQUIRE(result.certificate.has_value());
  CHECK(result.certificate->subject.find("leaf") != std::string::npos);
  CHECK_FALSE(result.cert_expiring);
  CHECK(result.timings[Phase::Tls] > 0us);
}

TEST_CASE("a certificate that expires soon is a warning on an ok result") {
  SecureScene scene;
  const auto now = scene.harness.network().clock().wall_now();
  scene.leaf = issue(scene.authority, {.names = {"127.0.0.1"}, .not_after = now + 13 * 24h});
  const auto result = scene.probe_tls(ok_answer, End::None);
  CHECK(result.outcome == Outcome::Ok);
  CHECK(result.cert_expiring);
}

TEST_CASE("a refused certificate is shown all the same") {
  SecureScene scene;
  const auto now = scene.harness.network().clock().wall_now();
  scene.leaf = issue(scene.authority, {.names = {"127.0.0.1"}, .not_after = now - 24h});
  const auto result = scene.probe_tls(ok_answer, End::None);
  CHECK(result.outcome == Outcome::TlsFailure);
  CHECK(result.reason == "expired");
  CHECK(result.last_phase == Phase::Tls);
  REQUIRE(result.certificate.has_value());
  REQUIRE(result.evidence);
  net::Sha256 chain;
  chain.add(bytes_of(result.certificate->fingerprint));  // one certificate came
  CHECK(result.evidence->chain_fingerprint == chain.hex());
  CHECK_FALSE(result.cert_expiring);  // that it is refused says it
  CHECK(result.status == 0);
}

TEST_CASE("a missing close_notify matters only where it was to end the body") {
  SecureScene scene;
  CHECK(scene.probe_tls(ok_answer, End::HangUp).outcome == Outcome::Ok);
  const auto cut = scene.probe_tls("HTTP/1.1 200 OK\r\n\r\nto the end", End::HangUp);
  CHECK(cut.outcome == Outcome::IncompleteBody);
  CHECK(cut.status == 200);
  CHECK(scene.probe_tls("HTTP/1.1 200 OK\r\n\r\nto the end", End::Finish).outcome == Outcome::Ok);
}

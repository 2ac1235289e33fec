#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/fakes/dns_server.h"
#include "tests/fakes/uv_harness.h"

namespace gatewatch::tests {
namespace {

using namespace std::chrono_literals;
using config::IpPreference;
using net::DnsStatus;
using Type = DnsServer::Type;

const IpAddress v4 = IpAddress::parse("192.0.2.1").value();
const IpAddress v6 = IpAddress::parse("2001:db8::1").value();

// A resolver that asks the test's own server.
struct Asker {
  UvHarness harness;
  DnsServer server;

  [[nodiscard]] net::Resolver& resolver() {
    return harness.network().resolver(server.endpoint().text());
  }
  [[nodiscard]] net::Resolution ask(net::Resolver& asked, const std::string& name,
                                    IpPreference family = IpPreference::Any) {
    std::vector<net::Resolution> answers;
    const auto lookup = asked.resolve(
        name, family, [&](const net::Resolution& resolution) { answers.push_back(resolution); });
    CHECK(answers.empty());
    REQUIRE(harness.run_until([&] { return !answers.empty(); }));
    return answers.front();
  }
  [[nodiscard]] net::Resolution ask(const std::string& name,
                                    IpPreference family = IpPreference::Any) {
    return ask(resolver(), name, family);
  }
};

TEST_CASE("both families are asked, and their addresses joined") {
  Asker asker;
  asker.server.set("shop.test", Type::A, {.addresses = {v4}, .ttl = 30});
  asker.server.set("shop.test", Type::Aaaa, {.addresses = {v6}, .ttl = 20});
  const auto any = asker.ask("Shop.Test.");
  CHECK(any.status == DnsStatus::Ok);
  CHECK(any.addresses == std::vector{v4, v6});
  CHECK(any.ttl == 20s);
  CHECK(asker.ask("shop.test", IpPreference::V4).addresses == std::vector{v4});
  CHECK(asker.ask("shop.test", IpPreference::V6).addresses == std::vector{v6});
}

TEST_CASE("an answer is kept, and asked for once however many want it") {
  Asker asker;
  asker.server.set("shop.test", "192.0.2.1");
  int answers = 0;
  std::vector<std::unique_ptr<net::Lookup>> lookups;
  for (int count = 0; count < 10; ++count) {
    lookups.push_back(
        asker.resolver().resolve("shop.test", IpPreference::Any, [&](const auto&) { ++answers; }));
  }
  lookups[3].reset();
  REQUIRE(asker.harness.run_until([&] { return answers == 9; }));
  CHECK(asker.ask("shop.test").addresses == std::vector{v4});
  CHECK(asker.server.questions("shop.test", Type::A) == 1);
}

TEST_CASE("an answer with a TTL of zero is kept for a second, and then asked for anew") {
  Asker asker;
  asker.server.set("flip.test", "192.0.2.1", 0);
  CHECK(asker.ask("flip.test").ttl == 0s);
  asker.server.set("flip.test", "192.0.2.2", 0);
  CHECK(asker.ask("flip.test").addresses == std::vector{v4});
  const Instant begin = asker.harness.network().clock().now();
  REQUIRE(asker.harness.run_until(
      [&] { return asker.harness.network().clock().now() - begin > 1100ms; }));
  CHECK(asker.ask("flip.test").addresses == std::vector{IpAddress::parse("192.0.2.2").value()});
}

TEST_CASE("failures say what the server said, and are not kept") {
  Asker asker;
  for (const auto type : {Type::A, Type::Aaaa}) {
    asker.server.set("servfail.test", type, {.code = 2});
    asker.server.set("refused.test", type, {.code = 5});
    asker.server.set("empty.test", type, {});
    asker.server.set("garbled.test", type, {.addresses = {v4}, .garbled = true});
  }
  CHECK(asker.ask("nowhere.test").status == DnsStatus::NxDomain);
  CHECK(asker.ask("servfail.test").status == DnsStatus::ServFail);
  CHECK(asker.ask("refused.test").status == DnsStatus::Refused);
  CHECK(asker.ask("empty.test").status == DnsStatus::NoAddress);
  CHECK(asker.ask("garbled.test").status == DnsStatus::Malformed);
  const auto detail = asker.ask("nowhere.test").detail;
  CHECK(detail.find("nowhere.test") != std::string::npos);
  CHECK(detail.find(asker.server.endpoint().text()) != std::string::npos);
  asker.server.set("nowhere.test", "192.0.2.1");
  CHECK(asker.ask("nowhere.test").status == DnsStatus::Ok);
}

TEST_CASE("a family that is silent or broken costs a moment, not the answer") {
  Asker asker;
  asker.server.set("v4.test", Type::A, {.addresses = {v4}});
  asker.server.set("v4.test", Type::Aaaa, {.silent = true});
  asker.server.set("v6.test", Type::A, {.code = 2});
  asker.server.set("v6.test", Type::Aaaa, {.addresses = {v6}});
  CHECK(asker.ask("v4.test").addresses == std::vector{v4});
  CHECK(asker.server.questions("v4.test", Type::Aaaa) == 1);  // long before the second attempt
  CHECK(asker.ask("v6.test").addresses == std::vector{v6});
}

TEST_CASE("a silent server is a timeout and delays nobody else") {
  Asker asker;
  asker.server.set("silent.test", Type::A, {.silent = true});
  asker.server.set("silent.test", Type::Aaaa, {.silent = true});
  asker.server.set("shop.test", "192.0.2.1");
  std::vector<net::Resolution> silent;
  const auto lookup =
      asker.resolver().resolve("silent.test", IpPreference::Any,
                               [&](const auto& resolution) { silent.push_back(resolution); });
  CHECK(asker.ask("shop.test").status == DnsStatus::Ok);
  CHECK(silent.empty());
  REQUIRE(asker.harness.run_until([&] { return !silent.empty(); }));
  CHECK(silent.front().status == DnsStatus::Timeout);
  CHECK(asker.server.questions("silent.test", Type::A) > 1);
}

TEST_CASE("no server at all is our own fault") {
  Asker asker;
  auto& network = asker.harness.network();
  // Nothing listens on the discard port. Whether the kernel says so by ICMP is the kernel's matter.
  const auto status = asker.ask(network.resolver("127.0.0.1:9"), "shop.test").status;
  CHECK((status == DnsStatus::NoResolver || status == DnsStatus::Timeout));
  CHECK(asker.ask(network.resolver("nonsense"), "shop.test").status == DnsStatus::NoResolver);
  CHECK(&network.resolver("nonsense") == &network.resolver("nonsense"));
}

TEST_CASE("bad names are never asked, localhost and literals need no server") {
  Asker asker;
  CHECK(asker.ask("a..b").status == DnsStatus::Malformed);
  CHECK(asker.ask(std::string(300, 'a')).status == DnsStatus::Malformed);
  auto& system = asker.harness.network().resolver("system");
  CHECK(asker.ask(system, "localhost", IpPreference::V4).addresses ==
        std::vector{IpAddress::parse("127.0.0.1").value()});
  CHECK(asker.ask(system, "::1").addresses == std::vector{IpAddress::parse("::1").value()});
}

}  // namespace
}  // namespace gatewatch::tests

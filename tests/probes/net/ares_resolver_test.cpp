#include "probes/net/ares_resolver.h"

#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "probes/net/uv_loop.h"
#include "probes/net/uv_network.h"
#include "probes/net/uv_timer.h"
#include "tests/fakes/dns_server.h"
#include "tests/fakes/temporary_directory.h"
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

// Time passes when the test says so.
struct HandClock final : net::Clock {
  [[nodiscard]] Instant now() const override { return time; }
  [[nodiscard]] Timestamp wall_now() const override { return {}; }

  Instant time{1h};
};

// A resolver with settings of the test's own, on a loop that must close without a leaked handle.
class Bench {
 public:
  explicit Bench(net::AresResolverSettings settings)
      : loop_(net::UvLoop::create().value()),
        resolver_(net::make_ares_resolver(*loop_, clock, std::move(settings))) {}
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;
  ~Bench() {
    lookups_.clear();
    resolver_.reset();
    CHECK(loop_->close() == 0);
  }

  // What comes of it is in `answers`, by its name.
  void begin(const std::string& name) {
    lookups_.push_back(resolver_->resolve(
        name, IpPreference::Any,
        [this, name](const net::Resolution& resolution) { answers[name] = resolution; }));
  }
  void run_until(const std::function<bool()>& condition) {
    net::UvTimer timer(*loop_);
    const Instant give_up = clock_.now() + 20s;  // there for broken code alone
    std::function<void()> look = [&] {
      if (condition() || clock_.now() > give_up) return uv_stop(loop_->get());
      timer.start(1ms, look);
    };
    timer.start(0ms, look);
    uv_run(loop_->get(), UV_RUN_DEFAULT);
    REQUIRE(condition());
  }
  [[nodiscard]] net::Resolution ask(const std::string& name) {
    answers.erase(name);
    begin(name);
    run_until([&] { return answers.contains(name); });
    return answers[name];
  }

  HandClock clock;  // of the resolver
  std::map<std::string, net::Resolution> answers;

 private:
  net::SystemClock clock_;
  std::unique_ptr<net::UvLoop> loop_;
  std::unique_ptr<net::Resolver> resolver_;
  std::vector<std::unique_ptr<net::Lookup>> lookups_;
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

TEST_CASE("a TTL beyond all bounds is kept for a minute, and one that is negative for a second") {
  DnsServer server;
  server.set("huge.test", "192.0.2.1", 0x7fffffff);
  server.set("negative.test", "192.0.2.1", 0xffffffff);
  Bench bench(net::ares_resolver_settings(server.endpoint().text()));
  const auto questions_after = [&](std::chrono::milliseconds time, const std::string& name) {
    bench.clock.time += time;
    CHECK(bench.ask(name).status == DnsStatus::Ok);
    return server.questions(name, Type::A);
  };
  CHECK(bench.ask("huge.test").ttl > 24h);
  CHECK(bench.ask("negative.test").ttl == 0s);  // RFC 2181, section 8
  CHECK(questions_after(999ms, "negative.test") == 1);
  CHECK(questions_after(1ms, "negative.test") == 2);
  CHECK(questions_after(58'999ms, "huge.test") == 1);
  CHECK(questions_after(1ms, "huge.test") == 2);
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
  const auto resolution = asker.ask("v6.test");
  CHECK(resolution.addresses == std::vector{v6});
  CHECK(resolution.broken_family == IpFamily::V4);
  CHECK(resolution.detail == "its IPv4 addresses are not known: servfail");
}

TEST_CASE("a family that is late is not called broken, and its answer is kept all the same") {
  DnsServer server;
  server.set("late.test", Type::A, {.addresses = {v4}});
  server.set("late.test", Type::Aaaa, {.silent = true});
  auto settings = net::ares_resolver_settings(server.endpoint().text());
  settings.patience = 0ms;
  settings.channel.timeout = 500ms;
  settings.channel.attempts = 1;
  Bench bench(settings);
  const auto first = bench.ask("late.test");
  CHECK(first.addresses == std::vector{v4});
  CHECK_FALSE(first.broken_family.has_value());
  CHECK(first.detail.empty());
  bench.run_until([&] {
    bench.begin("late.test");
    return bench.answers["late.test"].broken_family == IpFamily::V6;
  });
  CHECK(bench.answers["late.test"].detail == "its IPv6 addresses are not known: timeout");
  CHECK(server.questions("late.test", Type::A) == 1);
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

TEST_CASE("a thousand names that are never answered delay none of a thousand others") {
  DnsServer server;
  auto settings = net::ares_resolver_settings(server.endpoint().text());
  settings.channel.timeout = 10s;  // a question that was lost would be asked again after that
  Bench bench(settings);
  // Not all at once: the kernel drops what the server's socket cannot hold.
  constexpr std::size_t at_once = 50;
  for (std::size_t number = 0; number < 1000; ++number) {
    const auto dead = std::to_string(number) + ".drop.test";
    const auto good = std::to_string(number) + ".good.test";
    server.set(dead, Type::A, {.silent = true});
    server.set(dead, Type::Aaaa, {.silent = true});
    server.set(good, "192.0.2.1");
    bench.begin(dead);
    bench.begin(good);
    if ((number + 1) % at_once == 0) {
      bench.run_until([&] { return bench.answers.size() > number; });
    }
  }
  CHECK(bench.answers.size() == 1000);
  for (const auto& [name, resolution] : bench.answers) {
    CAPTURE(name);
    CHECK(resolution.status == DnsStatus::Ok);
  }
  CHECK(server.questions("999.good.test", Type::A) == 1);
}

TEST_CASE("questions in flight are bounded, and what is over is our own failure") {
  DnsServer server;
  auto settings = net::ares_resolver_settings(server.endpoint().text());
  settings.most_questions = 4;
  Bench bench(settings);
  for (const auto* const name : {"1.test", "2.test", "3.test"}) {
    server.set(name, Type::A, {.silent = true});
    server.set(name, Type::Aaaa, {.silent = true});
    bench.begin(name);
  }
  bench.run_until([&] { return !bench.answers.empty(); });
  CHECK(bench.answers["3.test"].status == DnsStatus::NoResolver);
  CHECK(bench.answers["3.test"].detail == "4 questions are waiting for an answer");
}

TEST_CASE("forged answers are ignored") {
  Asker asker;
  asker.server.set("shop.test", Type::A, {.addresses = {v4}, .spoofed = true});
  asker.server.set("shop.test", Type::Aaaa, {});
  CHECK(asker.ask("shop.test").addresses == std::vector{v4});
}

TEST_CASE("an answer that is truncated over UDP is asked for over TCP") {
  Asker asker;
  std::vector<IpAddress> many;
  for (int last = 1; last <= 60; ++last) {
    many.push_back(IpAddress::parse("192.0.2." + std::to_string(last)).value());
  }
  asker.server.set("many.test", Type::A, {.addresses = many, .truncated = true});
  asker.server.set("many.test", Type::Aaaa, {.truncated = true});
  CHECK(asker.ask("many.test").addresses == many);
}

TEST_CASE("a name whose answer is closed over TCP takes no other name with it") {
  DnsServer server;
  Bench bench(net::ares_resolver_settings(server.endpoint().text()));
  constexpr int others = 20;
  for (int number = 0; number < others; ++number) {
    const auto name = "late" + std::to_string(number) + ".test";
    server.set(name, Type::A, {.addresses = {v4}, .late = true});
    server.set(name, Type::Aaaa, {});
    bench.begin(name);
  }
  for (const auto* const name : {"cut1.test", "cut2.test", "cut3.test"}) {
    server.set(name, Type::A, {.addresses = {v4}, .truncated = true, .udp_alone = true});
    server.set(name, Type::Aaaa, {.truncated = true, .udp_alone = true});
    bench.begin(name);
  }
  bench.run_until([&] { return bench.answers.size() == others + 3; });
  for (const auto& [name, resolution] : bench.answers) {
    CAPTURE(name);
    const bool is_cut = name.starts_with("cut");
    CHECK(resolution.status == (is_cut ? DnsStatus::Malformed : DnsStatus::Ok));
  }
  CHECK(bench.ask("late1.test").addresses == std::vector{v4});
}

TEST_CASE("aliases are followed, and the shortest TTL of the chain counts") {
  Asker asker;
  asker.server.set(
      "shop.test", Type::A,
      {.addresses = {v4}, .ttl = 30, .aliases = {{"cdn.test", 300}, {"edge.cdn.test", 7}}});
  asker.server.set("shop.test", Type::Aaaa, {.aliases = {{"cdn.test", 5}}});
  const auto resolution = asker.ask("shop.test");
  CHECK(resolution.addresses == std::vector{v4});
  CHECK(resolution.ttl == 7s);
}

TEST_CASE("a server that denies AAAA altogether is not believed about A") {
  Asker asker;  // RFC 4074, section 4.2
  asker.server.set("shop.test", Type::Aaaa, {.code = 3});
  asker.server.set("shop.test", Type::A, {.addresses = {v4}, .truncated = true});  // so it is later
  CHECK(asker.ask("shop.test").addresses == std::vector{v4});
}

// The system's resolver, with a resolv.conf of the test's own.
struct System {
  explicit System(const std::string& resolv_conf) {
    write(resolv_conf);
    auto settings = net::ares_resolver_settings("system");
    settings.hosts_path.clear();
    settings.channel.resolv_path = path();
    settings.channel.port = server.endpoint().port;
    settings.configuration_check = 0s;
    bench.emplace(settings);
  }

  [[nodiscard]] std::string path() const { return directory.path() + "/resolv.conf"; }
  void write(const std::string& text) const { std::ofstream(path()) << text; }
  [[nodiscard]] net::Resolution ask(const std::string& name) { return bench->ask(name); }

  DnsServer server;
  TemporaryDirectory directory;
  std::optional<Bench> bench;
};

TEST_CASE("the search list of resolv.conf is gone through by both families together") {
  System system("nameserver 127.0.0.1\nsearch corp.test lab.test\noptions ndots:2\n");
  system.server.set("shop.corp.test", Type::A, {.addresses = {v4}});
  system.server.set("shop.corp.test", Type::Aaaa, {});
  system.server.set("shop.lab.test", Type::A, {});
  system.server.set("shop.lab.test", Type::Aaaa, {.addresses = {v6}});  // another machine
  CHECK(system.ask("shop").addresses == std::vector{v4});
  CHECK(system.server.questions("shop.lab.test", Type::Aaaa) == 0);
  system.server.set("www.shop.lab.test", "192.0.2.1");
  CHECK(system.ask("www.shop").status == DnsStatus::Ok);
  CHECK(system.ask("no.such.name").status == DnsStatus::NxDomain);
  CHECK(system.server.questions("no.such.name.lab.test", Type::A) == 1);
}

TEST_CASE("a name with a final dot, and one asked of a named server, is searched nowhere") {
  System system("nameserver 127.0.0.1\nsearch corp.test\n");
  system.server.set("shop.corp.test", "192.0.2.1");
  CHECK(system.ask("shop.").status == DnsStatus::NxDomain);
  CHECK(system.ask("shop").status == DnsStatus::Ok);
  auto settings = net::ares_resolver_settings(system.server.endpoint().text());
  settings.channel.resolv_path = system.path();
  Bench named(settings);
  CHECK(named.ask("shop").status == DnsStatus::NxDomain);
}

TEST_CASE("a change of resolv.conf is followed") {
  System system("nameserver 127.0.0.1\nsearch old.test\n");
  system.server.set("shop.new.test", "192.0.2.1");
  CHECK(system.ask("shop").status == DnsStatus::NxDomain);
  system.write("nameserver 127.0.0.1\nsearch old.test new.test\n");
  CHECK(system.ask("shop").status == DnsStatus::Ok);
}

TEST_CASE("a name server that is dead or broken is made up for by the next one") {
  DnsServer dead;
  DnsServer server;
  for (const auto type : {Type::A, Type::Aaaa}) {
    dead.set("silent.test", type, {.silent = true});
    dead.set("broken.test", type, {.code = 2});
  }
  server.set("silent.test", "192.0.2.1");
  server.set("broken.test", "192.0.2.2");
  auto settings = net::ares_resolver_settings(dead.endpoint().text());
  settings.channel.servers += "," + server.endpoint().text();
  settings.channel.timeout = 50ms;
  Bench bench(settings);
  CHECK(bench.ask("silent.test").status == DnsStatus::Ok);
  CHECK(bench.ask("broken.test").status == DnsStatus::Ok);
  CHECK(bench.ask("unknown.test").status == DnsStatus::NxDomain);
  CHECK(server.questions("unknown.test", Type::A) == 0);  // NXDOMAIN is an answer
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

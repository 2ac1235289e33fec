#include "daemon/uplink_watch.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace gatewatch;
using namespace gatewatch::daemon;
using namespace std::chrono_literals;
using Ruling = UplinkWatch::Ruling;
using Standing = RouteView::Standing;

namespace {

std::vector<config::Route> unrelated_routes(int count) {
  std::vector<config::Route> routes;
  for (int number = 0; number < count; ++number) {
    config::Route route;
    route.name = fmt::format("r{}", number);
    route.url = Url::parse(fmt::format("http://www.example{}.com/", number)).value();
    routes.push_back(std::move(route));
  }
  return routes;
}

// One in each network.
IpAddress address(int number) {
  return IpAddress::parse(fmt::format("192.0.{}.7", number)).value();
}

// A probe that was connected at once and then waited for its deadline.
Result contact(const std::string& route, std::chrono::seconds waited) {
  Result result;
  result.route = route;
  result.outcome = Outcome::Timeout;
  result.reason = "wait";
  result.last_phase = Phase::Wait;
  result.timings[Phase::Connect] = 10ms;
  result.timings[Phase::Wait] = waited;
  return result;
}

class Bench {
 public:
  explicit Bench(std::vector<config::Route> routes) {
    for (const auto& route : routes) {
      auto& view = views[route.id()];
      view.standing = Standing::Well;
      view.has_result = true;
      view.addresses = {address(static_cast<int>(views.size()))};
    }
    watch.set_routes(routes);
  }
  explicit Bench(int unrelated) : Bench(unrelated_routes(unrelated)) {}

  Ruling result(const std::string& route, Outcome outcome, std::chrono::microseconds took = 0ms) {
    Result result;
    result.route = route;
    result.outcome = outcome;
    result.timings[Phase::Connect] = took;
    return watch.judge(result, now);
  }
  Ruling silent(const std::string& route) { return result(route, Outcome::ConnectUnreachable); }
  Ruling reply(const std::string& route) { return result(route, Outcome::Ok); }
  void pass(std::chrono::milliseconds time) {
    now += time;
    watch.tick(now);
  }
  // As after a start.
  void forget() {
    for (auto& [route, view] : views) view = {};
  }
  // A connection that timed out, and what is known of the route from then on.
  Ruling timed_out(const std::string& route, const IpAddress& at) {
    Result result;
    result.route = route;
    result.outcome = Outcome::ConnectTimeout;
    result.last_phase = Phase::Connect;
    result.remote = Endpoint{at, 80};
    result.timings[Phase::Connect] = 10s;
    const auto ruling = watch.judge(result, now);
    views[route].has_result = true;
    views[route].addresses = {at};
    return ruling;
  }

  Instant now{1h};
  std::map<std::string, RouteView> views;
  std::set<std::string> down;
  std::vector<std::string> asked;
  UplinkWatch watch{
      {.look = [this](const std::string& route) { return views[route]; },
       .is_known_down = [this](const std::string& route) { return down.contains(route); },
       .ask = [this](const std::string& route) { asked.push_back(route); }}};
};

}  // namespace

TEST_CASE("a silent result waits for replies from elsewhere, and others are asked at once") {
  Bench bench(10);
  CHECK(bench.reply("r3") == Ruling::Believe);
  CHECK(bench.silent("r0") == Ruling::Wait);
  CHECK(bench.watch.state() == Uplink::Doubting);
  CHECK(bench.asked.size() == UplinkWatch::most_asked);
  CHECK(std::ranges::count(bench.asked, "r0") == 0);
  bench.pass(50ms);
  CHECK(bench.reply(bench.asked[0]) == Ruling::Believe);
  CHECK(bench.watch.state() == Uplink::Doubting);
  CHECK(bench.reply(bench.asked[1]) == Ruling::Believe);
  CHECK(bench.watch.state() == Uplink::Seeing);
}

TEST_CASE("a reply of a probe that began before the doubt proves nothing") {
  Bench bench(3);
  CHECK(bench.silent("r0") == Ruling::Wait);
  bench.pass(5ms);
  CHECK(bench.result("r1", Outcome::Ok, 10ms) == Ruling::Believe);
  CHECK(bench.watch.state() == Uplink::Doubting);
  CHECK(bench.result("r1", Outcome::Ok, 1ms) == Ruling::Believe);
  CHECK(bench.watch.state() == Uplink::Seeing);
}

TEST_CASE("where all unrelated hosts are silent the region is blind, at once or after 2 s") {
  Bench bench(3);
  CHECK(bench.silent("r0") == Ruling::Wait);
  SUBCASE("they fail fast") {
    CHECK(bench.silent("r1") == Ruling::Wait);
    CHECK(bench.silent("r2") == Ruling::Wait);
  }
  SUBCASE("they hang") {
    bench.pass(1900ms);
    CHECK(bench.watch.state() == Uplink::Doubting);
    bench.pass(100ms);
  }
  SUBCASE("they fail on this machine already") {
    CHECK(bench.result("r1", Outcome::Vantage) == Ruling::Believe);
    CHECK(bench.result("r2", Outcome::Vantage) == Ruling::Believe);
  }
  CHECK(bench.watch.state() == Uplink::Blind);
  CHECK(bench.watch.sites() == 3);
  CHECK(bench.watch.silent_sites() == 3);
  CHECK(bench.silent("r1") == Ruling::Discard);
  CHECK(bench.result("r1", Outcome::StatusMismatch) == Ruling::Believe);
}

TEST_CASE("one of six that answers hides no outage of the uplink, two do") {
  Bench bench(6);
  CHECK(bench.silent("r0") == Ruling::Wait);
  CHECK(bench.reply("r1") == Ruling::Believe);
  for (const auto* const route : {"r2", "r3", "r4"}) CHECK(bench.silent(route) == Ruling::Wait);
  SUBCASE("one") {
    CHECK(bench.silent("r5") == Ruling::Wait);
    CHECK(bench.watch.state() == Uplink::Blind);
    CHECK(bench.watch.sites() == 6);
    CHECK(bench.watch.silent_sites() == 5);
  }
  SUBCASE("two") {
    CHECK(bench.reply("r5") == Ruling::Believe);
    CHECK(bench.watch.state() == Uplink::Seeing);
  }
}

TEST_CASE("where fewer than three unrelated hosts are watched each result counts as it is") {
  Bench two(2);
  CHECK(two.silent("r0") == Ruling::Believe);
  CHECK(two.asked.empty());

  auto routes = unrelated_routes(5);
  for (auto& route : routes) route.url.host = route.name + ".example.com";
  Bench one_domain(routes);
  CHECK(one_domain.silent("r0") == Ruling::Believe);

  Bench one_network(5);
  for (auto& [route, view] : one_network.views) view.addresses = {address(2)};
  CHECK(one_network.silent("r0") == Ruling::Believe);

  for (auto& route : routes) route.url.host = "127.0.0.1";
  Bench own_machine(routes);
  CHECK(own_machine.silent("r0") == Ruling::Believe);
}

TEST_CASE("hosts that failed before are neither asked nor counted") {
  Bench bench(5);
  for (const auto* const route : {"r3", "r4"}) bench.views[route].standing = Standing::Failing;
  CHECK(bench.silent("r0") == Ruling::Wait);
  std::ranges::sort(bench.asked);
  CHECK(bench.asked == std::vector<std::string>{"r1", "r2"});
  CHECK(bench.silent("r3") == Ruling::Wait);
  CHECK(bench.silent("r4") == Ruling::Wait);
  CHECK(bench.reply("r1") == Ruling::Believe);
  CHECK(bench.watch.state() == Uplink::Seeing);
}

TEST_CASE("the silence of a route that is known to be down opens no doubt") {
  Bench bench(5);
  bench.down.insert("r0");
  CHECK(bench.silent("r0") == Ruling::Believe);
  CHECK(bench.asked.empty());
}

TEST_CASE("a blind region asks every 2 s and sees again once others answer") {
  Bench bench(6);
  CHECK(bench.silent("r0") == Ruling::Wait);
  bench.pass(2s);
  REQUIRE(bench.watch.state() == Uplink::Blind);
  for (int round = 0; round < 10; ++round) {
    bench.asked.clear();
    bench.pass(2s);
    CHECK(bench.asked.size() == UplinkWatch::most_asked);
  }
  bench.pass(10ms);
  CHECK(bench.reply(bench.asked[0]) == Ruling::Believe);
  CHECK(bench.watch.state() == Uplink::Blind);
  CHECK(bench.reply(bench.asked[1]) == Ruling::Believe);
  CHECK(bench.watch.state() == Uplink::Seeing);

  // What was under way while it was blind is not believed afterwards either.
  bench.pass(1s);
  CHECK(bench.result("r4", Outcome::ConnectTimeout, 10s) == Ruling::Discard);
  bench.pass(1s);
  CHECK(bench.result("r4", Outcome::ConnectTimeout, 500ms) == Ruling::Wait);
}

TEST_CASE("routes that fail one after the other ask others every 500 ms at most") {
  Bench bench(100);
  for (int turn = 0; turn < 400; ++turn) {
    (void)bench.silent("r0");
    for (const auto& route : std::exchange(bench.asked, {})) (void)bench.reply(route);
    bench.pass(10ms);
  }
  std::size_t asked = 0;
  for (int turn = 0; turn < 400; ++turn) {
    (void)bench.silent("r0");
    asked += bench.asked.size();
    for (const auto& route : std::exchange(bench.asked, {})) (void)bench.reply(route);
    bench.pass(10ms);
  }
  CHECK(asked <= 9 * UplinkWatch::most_asked);
  CHECK(asked >= UplinkWatch::most_asked);
}

TEST_CASE("a blind region of which too few unrelated hosts are left is blind no more") {
  Bench bench(3);
  (void)bench.silent("r0");
  bench.pass(2s);
  REQUIRE(bench.watch.state() == Uplink::Blind);
  SUBCASE("none") {
    bench.watch.set_routes({});
  }
  SUBCASE("two") {
    bench.watch.set_routes(unrelated_routes(2));
  }
  bench.pass(2s);
  bench.pass(2s);
  CHECK(bench.watch.state() == Uplink::Seeing);
  bench.pass(10s);
  // Nothing has shown that the way was closed.
  CHECK(bench.result("r0", Outcome::ConnectTimeout, 13s) == Ruling::Believe);
}

TEST_CASE("a gateway that is down from the start is nobody else's fault for long") {
  Bench bench(3);
  bench.forget();
  bench.pass(10s);
  CHECK(bench.timed_out("r0", address(9)) == Ruling::Wait);
  bench.pass(2s);
  CHECK(bench.watch.state() == Uplink::Blind);  // the others may be anywhere
  SUBCASE("the others turn out to be behind it") {
    bench.pass(8s);
    CHECK(bench.timed_out("r1", address(9)) == Ruling::Discard);
    CHECK(bench.timed_out("r2", address(9)) == Ruling::Discard);
    bench.pass(1s);
    bench.pass(1s);
  }
  SUBCASE("nothing comes from them") {
    bench.pass(config::Route{}.timeout);
    bench.pass(2s);
  }
  CHECK(bench.watch.state() == Uplink::Seeing);
  CHECK(bench.timed_out("r0", address(9)) == Ruling::Believe);
}

TEST_CASE("a start without an uplink is told apart though no address is known yet") {
  Bench bench(4);
  bench.forget();
  bench.pass(10s);
  CHECK(bench.timed_out("r0", address(0)) == Ruling::Wait);
  bench.pass(2s);
  REQUIRE(bench.watch.state() == Uplink::Blind);
  bench.pass(8s);
  for (int number = 1; number < 4; ++number) {
    CHECK(bench.timed_out(fmt::format("r{}", number), address(number)) == Ruling::Discard);
  }
  for (int round = 0; round < 60; ++round) bench.pass(2s);
  CHECK(bench.watch.state() == Uplink::Blind);
}

TEST_CASE("hosts that turn out to be related while they are asked count once") {
  Bench bench(3);
  for (const auto* const route : {"r1", "r2"}) bench.views[route] = {};
  CHECK(bench.timed_out("r0", address(1)) == Ruling::Wait);
  bench.pass(1s);
  CHECK(bench.timed_out("r1", address(1)) == Ruling::Wait);
  CHECK(bench.timed_out("r2", address(1)) == Ruling::Wait);
  CHECK(bench.watch.state() == Uplink::Seeing);
}

TEST_CASE("one balancer with several addresses is one host") {
  Bench bench(4);
  const std::vector zones = {address(1), address(2), address(3), address(4)};
  for (auto& [route, view] : bench.views) view.addresses = zones;
  CHECK(bench.silent("r0") == Ruling::Believe);
}

TEST_CASE("those of whom an answer says neither are no witnesses") {
  Bench bench(4);
  CHECK(bench.silent("r0") == Ruling::Wait);
  CHECK(bench.result("r1", Outcome::TlsFailure) == Ruling::Believe);
  CHECK(bench.result("r2", Outcome::TlsFailure) == Ruling::Believe);
  bench.pass(2s);
  CHECK(bench.watch.state() == Uplink::Seeing);
}

TEST_CASE("who was connected and then heard nothing doubts, but those asked may be slow as well") {
  Bench bench(4);
  CHECK(bench.watch.judge(contact("r0", 10s), bench.now) == Ruling::Wait);
  SUBCASE("they are") {
    bench.pass(2s);
    CHECK(bench.watch.state() == Uplink::Seeing);
  }
  SUBCASE("they waited before, too") {
    CHECK(bench.watch.judge(contact("r1", 10s), bench.now) == Ruling::Wait);
    CHECK(bench.watch.judge(contact("r2", 10s), bench.now) == Ruling::Wait);
    CHECK(bench.watch.judge(contact("r3", 10s), bench.now) == Ruling::Wait);
    bench.pass(2s);
    CHECK(bench.watch.state() == Uplink::Seeing);
  }
  SUBCASE("they are silent") {
    for (const auto* const route : {"r1", "r2", "r3"}) CHECK(bench.silent(route) == Ruling::Wait);
    CHECK(bench.watch.state() == Uplink::Blind);
    CHECK(bench.watch.judge(contact("r1", 10s), bench.now) == Ruling::Discard);
  }
}

TEST_CASE("a blind region sees again where others are merely slow, and remembers that they were") {
  Bench bench(3);
  CHECK(bench.silent("r0") == Ruling::Wait);
  bench.pass(2s);
  REQUIRE(bench.watch.state() == Uplink::Blind);
  bench.pass(9s);
  CHECK(bench.watch.judge(contact("r1", 10s), bench.now) == Ruling::Believe);
  CHECK(bench.watch.state() == Uplink::Seeing);

  bench.pass(30s);
  CHECK(bench.silent("r0") == Ruling::Wait);
  SUBCASE("one is silent, and it is its own fault") {
    bench.pass(2s);
    CHECK(bench.watch.state() == Uplink::Seeing);
  }
  SUBCASE("all are") {
    CHECK(bench.silent("r1") == Ruling::Wait);
    CHECK(bench.silent("r2") == Ruling::Wait);
    CHECK(bench.watch.state() == Uplink::Blind);
  }
}

TEST_CASE("what was asked for is known once, when its result comes") {
  Bench bench(3);
  (void)bench.silent("r0");
  Result result;
  result.route = bench.asked.at(0);
  result.kind = ProbeKind::Scheduled;
  CHECK_FALSE(bench.watch.take_asked(result));
  result.kind = ProbeKind::Confirmation;
  CHECK(bench.watch.take_asked(result));
  CHECK_FALSE(bench.watch.take_asked(result));
}

TEST_CASE("a region that was blind before a restart asks at once") {
  Bench bench(4);
  bench.forget();
  bench.watch.suppose_blind(bench.now);
  CHECK(bench.silent("r0") == Ruling::Discard);
  bench.pass(10ms);
  CHECK(bench.asked.size() == 4);
  CHECK(bench.reply("r1") == Ruling::Believe);
  CHECK(bench.reply("r2") == Ruling::Believe);
  CHECK(bench.watch.state() == Uplink::Seeing);
}

TEST_CASE("a region that cannot be told to be blind is not supposed to be") {
  Bench two(2);
  two.watch.suppose_blind(two.now);
  CHECK(two.watch.state() == Uplink::Seeing);
  CHECK(two.silent("r0") == Ruling::Believe);

  Bench one_network(5);
  for (auto& [route, view] : one_network.views) view.addresses = {address(2)};
  one_network.watch.suppose_blind(one_network.now);
  CHECK(one_network.watch.state() == Uplink::Seeing);
}

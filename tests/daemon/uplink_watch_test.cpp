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

class Bench {
 public:
  explicit Bench(std::vector<config::Route> routes) {
    for (const auto& route : routes) views[route.id()].standing = Standing::Well;
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
  for (auto& [route, view] : one_network.views) view.address = IpAddress::parse("192.0.2.7");
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
  for (auto& [route, view] : bench.views) view.standing = Standing::Unknown;
  bench.watch.suppose_blind(bench.now);
  CHECK(bench.silent("r0") == Ruling::Discard);
  bench.pass(10ms);
  CHECK(bench.asked.size() == 4);
  CHECK(bench.reply("r1") == Ruling::Believe);
  CHECK(bench.reply("r2") == Ruling::Believe);
  CHECK(bench.watch.state() == Uplink::Seeing);
}

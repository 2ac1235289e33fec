#include "daemon/live_routes.h"

#include <chrono>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace gatewatch;
using namespace gatewatch::daemon;
using namespace std::chrono_literals;

namespace {

constexpr Instant now{std::chrono::hours(1)};

std::vector<config::Route> routes(const std::vector<std::string>& names) {
  std::vector<config::Route> routes;
  for (const auto& name : names) routes.emplace_back().name = name;
  return routes;
}

Result result_of(std::string route, std::string region = "local") {
  Result result;
  result.route = std::move(route);
  result.region = std::move(region);
  result.status = 200;
  result.timings[Phase::Wait] = 30ms;
  return result;
}

}  // namespace

TEST_CASE("a result is known by its route and region, the newest one alone") {
  LiveRoutes live;
  live.set(routes({"a", "b"}), "local", now);
  CHECK(live.observe(result_of("a", "eu"), now) == live.find("a"));
  auto newer = result_of("a", "eu");
  newer.status = 502;
  live.observe(newer, now);
  live.observe(result_of("a", "us"), now);
  CHECK(live.find("a")->last_results() == std::vector{newer, result_of("a", "us")});
  CHECK(live.find("b")->last_results().empty());
  CHECK(live.find("a")->regions[0].counters.ok == 2);
}

TEST_CASE("of a turn with several results, one that failed stays known") {
  LiveRoutes live;
  live.set(routes({"a"}), "local", now);
  auto failing = result_of("a");
  failing.outcome = Outcome::Timeout;
  failing.turn_goes_on = true;
  live.observe(failing, now);
  live.observe(result_of("a"), now);
  CHECK(live.find("a")->last_results() == std::vector{failing});
  live.observe(result_of("a"), now);
  CHECK(live.find("a")->last_results() == std::vector{result_of("a")});
}

TEST_CASE("what is not configured is not known, and leaves no trace") {
  LiveRoutes live;
  live.set(routes({"a"}), "local", now);
  CHECK(live.observe(result_of("b"), now) == nullptr);
  CHECK(live.find("b") == nullptr);
  CHECK(live.phases().empty());
}

TEST_CASE("a reload keeps what stays, forgets what goes, and leaves lists as they were") {
  LiveRoutes live;
  live.set(routes({"a", "b"}), "local", now);
  live.observe(result_of("a"), now);
  live.observe(result_of("b"), now);
  const auto before = live.list();
  live.set(routes({"b", "c"}), "local", now);
  CHECK(live.find("a") == nullptr);
  CHECK(live.find("b")->last_results().size() == 1);
  REQUIRE(live.list()->size() == 2);
  CHECK(live.list()->at(1)->id == "c");
  CHECK(before->at(0)->last_results().size() == 1);
  live.set(routes({"a"}), "local", now);
  CHECK(live.find("a")->last_results().empty());
}

TEST_CASE("phases of all routes stand together by region, without those that were not reached") {
  LiveRoutes live;
  live.set(routes({"a", "b"}), "local", now);
  live.observe(result_of("a", "eu"), now);
  live.observe(result_of("b", "eu"), now);
  auto own_fault = result_of("b", "eu");
  own_fault.outcome = Outcome::Vantage;
  live.observe(own_fault, now);
  const auto& phases = live.phases().at("eu");
  CHECK(phases[static_cast<std::size_t>(Phase::Wait)].counts[4 - 1] == 2);  // up to 50 ms
  CHECK(phases[static_cast<std::size_t>(Phase::Wait)].sum == 60ms);
  CHECK(phases[static_cast<std::size_t>(Phase::Tls)].sum == 0ms);
  for (const auto count : phases[static_cast<std::size_t>(Phase::Tls)].counts) CHECK(count == 0);
}

TEST_CASE("a route without a result for two intervals and a timeout is overdue") {
  LiveRoutes live;
  auto configured = routes({"a", "elsewhere"});
  configured[0].interval = 30s;
  configured[0].timeout = 10s;
  configured[1].regions = {"us"};
  live.set(configured, "local", now);
  CHECK(live.overdue(now + 70s) == 0);
  CHECK(live.overdue(now + 71s) == 1);
  live.observe(result_of("a"), now + 80s);
  CHECK(live.overdue(now + 150s) == 0);
  CHECK(live.overdue(now + 151s) == 1);
  live.set(configured, "local", now + 300s);
  CHECK(live.overdue(now + 300s) == 1);
}

TEST_CASE("a reload that changes how long a route may be without a result begins to count anew") {
  LiveRoutes live;
  auto configured = routes({"a", "b"});
  for (auto& route : configured) {
    route.interval = 1h;
    route.timeout = 10s;
  }
  configured[1].regions = {"us"};
  live.set(configured, "local", now);
  configured[0].interval = 30s;
  configured[1].regions = {"us", "local"};
  live.set(configured, "local", now + 30min);
  CHECK(live.overdue(now + 30min) == 0);
  CHECK(live.overdue(now + 30min + 71s) == 1);
  CHECK(live.overdue(now + 30min + 3h) == 2);
}

TEST_CASE("the addresses of a route outlast a result for which its name had none") {
  LiveRoutes live;
  live.set(routes({"a"}), "local", now);
  CHECK_FALSE(live.find("a")->view_from("local").has_result);
  const auto first = IpAddress::parse("192.0.2.1").value();
  const auto second = IpAddress::parse("198.51.100.1").value();
  auto result = result_of("a");
  result.resolved = ResolvedAddresses({first, second});
  result.remote = Endpoint{second, 80};
  live.observe(result, now);
  auto unresolved = result_of("a");
  unresolved.outcome = Outcome::DnsFailure;
  live.observe(unresolved, now);
  const auto view = live.find("a")->view_from("local");
  CHECK(view.has_result);
  CHECK(view.standing == RouteView::Standing::Failing);
  CHECK(view.addresses == std::vector{first, second, second});
}

#include "daemon/live_routes.h"

#include <chrono>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace gatewatch;
using namespace gatewatch::daemon;
using namespace std::chrono_literals;

namespace {

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
  live.set(routes({"a", "b"}));
  CHECK(live.observe(result_of("a", "eu")) == live.find("a"));
  auto newer = result_of("a", "eu");
  newer.status = 502;
  live.observe(newer);
  live.observe(result_of("a", "us"));
  CHECK(live.find("a")->last_results() == std::vector{newer, result_of("a", "us")});
  CHECK(live.find("b")->last_results().empty());
  CHECK(live.find("a")->regions[0].counters.ok == 2);
}

TEST_CASE("of a turn with several results, one that failed stays known") {
  LiveRoutes live;
  live.set(routes({"a"}));
  auto failing = result_of("a");
  failing.outcome = Outcome::Timeout;
  failing.turn_goes_on = true;
  live.observe(failing);
  live.observe(result_of("a"));
  CHECK(live.find("a")->last_results() == std::vector{failing});
  live.observe(result_of("a"));
  CHECK(live.find("a")->last_results() == std::vector{result_of("a")});
}

TEST_CASE("what is not configured is not known, and leaves no trace") {
  LiveRoutes live;
  live.set(routes({"a"}));
  CHECK(live.observe(result_of("b")) == nullptr);
  CHECK(live.find("b") == nullptr);
  CHECK(live.phases().empty());
}

TEST_CASE("a reload keeps what stays, forgets what goes, and leaves lists as they were") {
  LiveRoutes live;
  live.set(routes({"a", "b"}));
  live.observe(result_of("a"));
  live.observe(result_of("b"));
  const auto before = live.list();
  live.set(routes({"b", "c"}));
  CHECK(live.find("a") == nullptr);
  CHECK(live.find("b")->last_results().size() == 1);
  REQUIRE(live.list()->size() == 2);
  CHECK(live.list()->at(1)->id == "c");
  CHECK(before->at(0)->last_results().size() == 1);
  live.set(routes({"a"}));
  CHECK(live.find("a")->last_results().empty());
}

TEST_CASE("phases of all routes stand together by region, without those that were not reached") {
  LiveRoutes live;
  live.set(routes({"a", "b"}));
  live.observe(result_of("a", "eu"));
  live.observe(result_of("b", "eu"));
  auto own_fault = result_of("b", "eu");
  own_fault.outcome = Outcome::Vantage;
  live.observe(own_fault);
  const auto& phases = live.phases().at("eu");
  CHECK(phases[static_cast<std::size_t>(Phase::Wait)].counts[4 - 1] == 2);  // up to 50 ms
  CHECK(phases[static_cast<std::size_t>(Phase::Wait)].sum == 60ms);
  CHECK(phases[static_cast<std::size_t>(Phase::Tls)].sum == 0ms);
  for (const auto count : phases[static_cast<std::size_t>(Phase::Tls)].counts) CHECK(count == 0);
}

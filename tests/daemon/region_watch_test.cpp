#include "daemon/region_watch.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace gatewatch;
using namespace gatewatch::daemon;
using namespace std::chrono_literals;

namespace {

class Bench {
 public:
  Bench() {
    for (int number = 0; number < 3; ++number) {
      config::Route route;
      route.name = fmt::format("r{}", number);
      route.url = Url::parse(fmt::format("http://www.example{}.com/", number)).value();
      routes.push_back(std::move(route));
    }
    watch.set_routes(routes);
  }

  void take(const std::string& route, Outcome outcome, const std::string& region = "eu",
            ProbeKind kind = ProbeKind::Scheduled) {
    Result result;
    result.kind = kind;
    result.route = route;
    result.region = region;
    result.outcome = outcome;
    result.detail = "it failed";
    if (outcome == Outcome::Vantage) result.reason = "no_resources";
    result.trace_id = std::to_string(++taken);
    watch.take(std::move(result), now);
  }
  [[nodiscard]] std::vector<std::string> order() const {
    std::vector<std::string> ids;
    for (const auto& result : passed) ids.push_back(result.trace_id);
    return ids;
  }

  Instant now{1h};
  int taken = 0;
  std::vector<config::Route> routes;
  std::vector<Result> passed;
  std::vector<bool> was_asked;
  std::vector<std::string> asked;
  RegionWatch watch{
      "eu",
      {.uplink = {.look = [](const std::string&) { return RouteView{}; },
                  .is_known_down = [](const std::string&) { return false; },
                  .ask = [this](const std::string& route) { asked.push_back(route); }},
       .pass = [this](Result&& result, bool was_asked_for) {
         passed.push_back(std::move(result));
         was_asked.push_back(was_asked_for);
       }}};
};

}  // namespace

TEST_CASE("what is in doubt is held back, and let go in its order once others answer") {
  Bench bench;
  bench.take("r0", Outcome::ConnectTimeout);  // 1
  bench.take("r0", Outcome::TlsFailure);      // 2: behind the one before it
  CHECK(bench.passed.empty());
  CHECK(bench.watch.state().held == 2);
  bench.take("r1", Outcome::Ok);  // 3
  CHECK(bench.order() == std::vector<std::string>{"3", "1", "2"});
  CHECK(bench.passed[1].outcome == Outcome::ConnectTimeout);
  CHECK(bench.watch.sees());
  CHECK(bench.watch.state().own_faults.empty());
}

TEST_CASE("what is held back while all are silent is ours, and the region says that it is blind") {
  Bench bench;
  for (const auto* const route : {"r0", "r1", "r2"}) bench.take(route, Outcome::ConnectTimeout);
  REQUIRE(bench.passed.size() == 3);
  for (const auto& result : bench.passed) {
    CHECK(result.outcome == Outcome::Vantage);
    CHECK(result.reason == "uplink");
  }
  CHECK_FALSE(bench.watch.sees());
  const auto told = bench.watch.blindness();
  REQUIRE(told.has_value());
  CHECK(told->what == "Monitor is blind in region eu");
  CHECK(told->share == "3 of 3 unrelated hosts do not answer");
  CHECK(told->evidence.front() == "r0: it failed");
  const auto state = bench.watch.state();
  CHECK(state.is_blind);
  CHECK(state.since == bench.now);
  CHECK(state.own_faults.at("uplink") == 3);
  bench.take("r0", Outcome::ConnectTimeout);
  CHECK(bench.passed.back().reason == "uplink");
  bench.take("r0", Outcome::StatusMismatch);
  CHECK(bench.passed.back().outcome == Outcome::StatusMismatch);
}

TEST_CASE("a fault of our own that lasts is told, of one route too, and is asked again at once") {
  Bench bench;
  bench.take("r0", Outcome::Vantage);
  CHECK(bench.asked == std::vector<std::string>{"r0"});
  bench.take("r0", Outcome::Vantage);
  CHECK_FALSE(bench.watch.blindness().has_value());
  bench.take("r0", Outcome::Vantage);
  const auto told = bench.watch.blindness();
  REQUIRE(told.has_value());
  CHECK(told->what == "Monitor cannot probe from region eu");
  CHECK(told->share == "1 of 3 routes");
  CHECK(told->evidence == std::vector<std::string>{"r0: it failed"});
  CHECK_FALSE(bench.watch.state().is_blind);
  CHECK(bench.watch.state().own_faults.at("no_resources") == 3);
  bench.take("r0", Outcome::Ok);
  CHECK(bench.watch.sees());
  CHECK_FALSE(bench.watch.state().since.has_value());
  CHECK(bench.passed.size() == 4);
}

TEST_CASE("what is asked again after a fault of our own is known as asked") {
  Bench bench;
  bench.take("r0", Outcome::Vantage);
  REQUIRE(bench.asked == std::vector<std::string>{"r0"});
  bench.take("r0", Outcome::StatusMismatch, "eu", ProbeKind::Confirmation);
  bench.take("r0", Outcome::StatusMismatch, "eu", ProbeKind::Confirmation);
  CHECK(bench.was_asked == std::vector{false, true, false});
}

TEST_CASE("routes that are not probed from here say nothing of the region") {
  Bench bench;
  for (const auto index : {1U, 2U}) bench.routes[index].regions = {"us"};
  bench.watch.set_routes(bench.routes);
  bench.take("r0", Outcome::ConnectTimeout);
  CHECK(bench.passed.size() == 1);
  CHECK(bench.asked.empty());
  for (int turn = 0; turn < 3; ++turn) bench.take("r0", Outcome::Vantage);
  REQUIRE(bench.watch.blindness().has_value());
  CHECK(bench.watch.blindness()->share == "1 of 1 route");
}

TEST_CASE("results of another region pass as they are") {
  Bench bench;
  for (const auto* const route : {"r0", "r1", "r2"}) {
    bench.take(route, Outcome::ConnectTimeout, "us");
  }
  CHECK(bench.passed.size() == 3);
  CHECK(bench.watch.sees());
}

TEST_CASE("at the end what is held back goes on, as nobody knows whose") {
  Bench bench;
  bench.take("r0", Outcome::ConnectTimeout);
  bench.take("r0", Outcome::TlsFailure);
  CHECK(bench.passed.empty());
  bench.watch.finish();
  REQUIRE(bench.order() == std::vector<std::string>{"1", "2"});
  CHECK(bench.passed[0].reason == "undecided");
  CHECK(bench.passed[1].outcome == Outcome::TlsFailure);
}

TEST_CASE("not more than ten thousand results are held back") {
  Bench bench;
  for (std::size_t number = 0; number < RegionWatch::most_held; ++number) {
    CHECK(bench.passed.empty());
    bench.take("r0", Outcome::ConnectTimeout);
  }
  CHECK(bench.passed.size() == RegionWatch::most_held);
  CHECK(bench.watch.state().held == 0);
}

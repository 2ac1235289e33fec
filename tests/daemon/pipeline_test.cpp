#include "daemon/pipeline.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/fakes/memory_store.h"
#include "tests/fakes/shared_store.h"
#include "tests/fakes/simulated_network.h"

using namespace gatewatch;
using namespace gatewatch::daemon;
using namespace std::chrono_literals;

namespace {

std::shared_ptr<const config::Config> one_route() {
  config::Config config;
  config::Route route;
  route.group = "shop";
  route.name = "checkout";
  route.url = Url::parse("http://shop.example.com/").value();
  route.expect.status.add(200, 299);
  config.routes.push_back(route);
  config.channels.push_back({"ops", config::LogChannel{}});
  config.rules = config::built_in_rules(config.channels);
  return std::make_shared<const config::Config>(std::move(config));
}

// The pipeline between a desk and a recorder on a store in memory that outlives them.
class Bench {
 public:
  explicit Bench(std::shared_ptr<const config::Config> in_force = one_route())
      : config(std::move(in_force)) {
    pipeline.set_routes(config->routes);
  }

  // The store's content after everything was written.
  tests::MemoryStore& settle() {
    CHECK(recorder.flush(10s));
    return *store;
  }

  Result result(Outcome outcome, int status, const std::string& route = "shop/checkout") {
    Result result;
    result.started = network.clock().wall_now();
    result.route = route;
    result.region = "local";
    result.outcome = outcome;
    result.status = status;
    network.run_for(1s);
    return result;
  }

  std::shared_ptr<const config::Config> config;
  tests::SimulatedNetwork network;
  std::shared_ptr<tests::MemoryStore> store = std::make_shared<tests::MemoryStore>();
  alerting::IncidentDesk desk{config, {}};
  std::vector<std::string> confirmed;
  std::vector<std::string> asked;
  int results_seen = 0;
  std::vector<std::string> events_seen;
  storage::Recorder recorder =
      storage::Recorder::start(std::make_unique<tests::SharedStore>(store),
                               storage::RecorderLimits{},
                               [](const std::vector<storage::IncidentStep>&) {})
          .value();
  Pipeline pipeline{
      network.clock(),
      "local",
      desk,
      recorder,
      {.confirm = [this](const std::string& route) { confirmed.push_back(route); },
       .once = [this](const std::string& route) { asked.push_back(route); }},
      {[this](const Result&) { ++results_seen; },
       [this](const storage::IncidentStep& step) { events_seen.push_back(step.event.kind); }}};
};

}  // namespace

TEST_CASE("a result is counted, shown, stored, and asks for confirmations once") {
  Bench bench;
  bench.pipeline.handle(bench.result(Outcome::Ok, 200));
  bench.pipeline.handle(bench.result(Outcome::StatusMismatch, 502));
  bench.pipeline.handle(bench.result(Outcome::StatusMismatch, 502));
  CHECK(bench.confirmed == std::vector<std::string>{"shop/checkout"});
  CHECK(bench.results_seen == 3);
  REQUIRE(bench.pipeline.live().find("shop/checkout") != nullptr);
  const auto last = bench.pipeline.live().find("shop/checkout")->last_results();
  REQUIRE(last.size() == 1);
  CHECK(last[0].status == 502);
  CHECK(bench.settle().results({})->size() == 3);
}

TEST_CASE("what a failing route depends on is asked, and what depends on one that works again") {
  auto config = std::make_shared<config::Config>(*one_route());
  auto router = config->routes.front();
  router.group = "net";
  router.name = "router";
  router.url = Url::parse("http://router.example.com/").value();
  config->routes.front().depends_on = {"net/router"};
  config->routes.insert(config->routes.begin(), router);
  Bench bench(config);
  const auto both = [&bench](Outcome outcome, int status) {
    for (const auto* const route : {"shop/checkout", "net/router"}) {
      bench.pipeline.handle(bench.result(outcome, status, route));
      bench.pipeline.tick();
    }
  };
  both(Outcome::Ok, 200);
  CHECK(bench.asked.empty());
  for (int turn = 0; turn < 6; ++turn) both(Outcome::StatusMismatch, 502);
  CHECK(bench.asked == std::vector<std::string>{"net/router"});
  CHECK(bench.confirmed == std::vector<std::string>{"shop/checkout", "net/router"});
  bench.confirmed.clear();
  for (int turn = 0; turn < 400; ++turn) {
    bench.pipeline.handle(bench.result(Outcome::Ok, 200, "net/router"));
    bench.pipeline.tick();
  }
  CHECK(bench.confirmed == std::vector<std::string>{"net/router", "shop/checkout"});
}

TEST_CASE("a result that began in a window of maintenance says so") {
  auto config = std::make_shared<config::Config>(*one_route());
  Bench bench(config);
  const auto now = std::chrono::floor<std::chrono::seconds>(bench.network.clock().wall_now());
  config->maintenances.push_back({.name = "m",
                                  .scope = {.routes = {"shop/*"}},
                                  .once = config::TimeSpan{now + 60s, now + 120s}});
  CHECK(bench.desk.reconfigure(config, {}, now).empty());
  bench.pipeline.handle(bench.result(Outcome::Ok, 200));
  bench.network.run_for(60s);
  bench.pipeline.handle(bench.result(Outcome::Ok, 200));
  const auto results = bench.settle().results({.newest_first = false}).value();
  REQUIRE(results.size() == 2);
  CHECK_FALSE(results[0].maintenance);
  CHECK(results[1].maintenance);
}

TEST_CASE("an outage is stored as one incident with what it tells, and resolved as such") {
  Bench bench;
  for (int turn = 0; turn < 5; ++turn) bench.pipeline.handle(bench.result(Outcome::Ok, 200));
  for (int turn = 0; turn < 6; ++turn) {
    bench.pipeline.handle(bench.result(Outcome::StatusMismatch, 502));
    bench.pipeline.tick();
  }
  {
    const auto incidents = bench.settle().incidents({}).value();
    REQUIRE(incidents.size() == 1);
    CHECK(incidents[0].incident.state == storage::IncidentState::Open);
    CHECK(incidents[0].deliveries.size() == 1);
  }
  for (int turn = 0; turn < 400; ++turn) {
    bench.pipeline.handle(bench.result(Outcome::Ok, 200));
    bench.pipeline.tick();
  }
  const auto incidents = bench.settle().incidents({}).value();
  REQUIRE(incidents.size() == 1);
  CHECK(incidents[0].incident.state == storage::IncidentState::Resolved);
  CHECK(bench.events_seen == std::vector<std::string>{"opened", "resolved"});
}

TEST_CASE("a result of a route that a reload removed is stored and revives nothing") {
  Bench bench;
  bench.pipeline.handle(bench.result(Outcome::Ok, 200));
  bench.pipeline.set_routes({});
  CHECK(bench.pipeline.live().find("shop/checkout") == nullptr);

  bench.pipeline.handle(bench.result(Outcome::StatusMismatch, 502));  // was in flight
  CHECK(bench.settle().results({})->size() == 2);
  CHECK(bench.results_seen == 2);
  CHECK(bench.pipeline.live().find("shop/checkout") == nullptr);
  CHECK(bench.pipeline.live().list()->empty());
  CHECK(bench.confirmed.empty());

  // Configured anew it begins anew: its first failure is confirmed.
  bench.pipeline.set_routes(one_route()->routes);
  bench.pipeline.handle(bench.result(Outcome::StatusMismatch, 502));
  CHECK(bench.confirmed.size() == 1);
}

TEST_CASE("a reload that keeps a route keeps what is counted and shown of it") {
  Bench bench;
  bench.pipeline.handle(bench.result(Outcome::Ok, 200));
  bench.pipeline.set_routes(one_route()->routes);
  REQUIRE(bench.pipeline.live().find("shop/checkout") != nullptr);
  CHECK(bench.pipeline.live().find("shop/checkout")->last_results().size() == 1);
}

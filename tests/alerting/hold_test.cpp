// What holds notifications back, and what becomes of them when it ends: every case is a world of
// probed routes under simulated time.

#include "alerting/hold.h"

#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/alerting/probed_world.h"

using namespace gatewatch;
using namespace gatewatch::tests;
using namespace std::chrono_literals;
using Kinds = std::vector<std::string>;
using Time = std::chrono::microseconds;

namespace {

ProbedWorld::Server outage(Time begin, Time end) {
  return [=](const std::string&, const std::string&, Time time) {
    return time >= begin && time < end ? bad_gateway : ok;
  };
}

std::vector<config::Rule> one_rule() {
  return {make_rule("bad-gateway", "bad_gateway")};
}

storage::SilenceRecord silence(Time starts, Time ends, std::vector<std::string> routes) {
  return {.id = 3,
          .routes = std::move(routes),
          .starts = world_start + starts,
          .ends = world_start + ends,
          .comment = "deploy"};
}

ProbedWorld one_route_world(Time begin, Time end) {
  return ProbedWorld(make_config({make_route("a", 10s)}, one_rule()), outage(begin, end));
}

// To whom each step went, and as what: "opened:slack".
std::vector<std::string> deliveries(const ProbedWorld& world) {
  std::vector<std::string> told;
  for (std::size_t step = 0; step < world.steps().size(); ++step) {
    for (std::size_t index = 0; index < world.steps()[step].deliveries.size(); ++index) {
      const auto kind = notification_kind_name(world.told(step, index).kind);
      told.push_back(std::string(kind) + ":" + world.steps()[step].deliveries[index].channel);
    }
  }
  return told;
}

}  // namespace

TEST_CASE("what opens and ends under a silence is recorded, and nobody is told") {
  auto world = one_route_world(600s, 900s);
  world.silence({silence(0s, 3600s, {"shop/*"})});
  world.run_until(3000s);
  REQUIRE(world.kinds() == Kinds{"opened", "resolved"});
  CHECK(deliveries(world).empty());
  CHECK(world.steps()[0].incident.held_by == "silence 3 (deploy)");
  CHECK(world.steps()[0].event.text.ends_with(" Not told: silence 3 (deploy)."));
  CHECK(world.steps()[1].incident.held_by == "silence 3 (deploy)");
  CHECK(world.steps()[1].event.text.ends_with(" Not told: silence 3 (deploy)."));
}

TEST_CASE("what still fails when its silence ends is told as opened, at once") {
  auto world = one_route_world(600s, 1800s);
  world.silence({silence(0s, 1200s, {"*"})});
  world.run_until(1100s);
  CHECK(world.desk().held_incidents() == 1);
  CHECK(deliveries(world).empty());
  world.run_until(1202s);
  REQUIRE(world.kinds() == Kinds{"opened", "released"});
  CHECK(deliveries(world) == Kinds{"opened:slack"});
  CHECK(world.steps()[1].incident.held_by.empty());
  CHECK(world.steps()[1].event.text == "Told again, after it was held by silence 3 (deploy).");
  CHECK(world.told(1).since == world_start + 600s);
  CHECK(world.desk().held_incidents() == 0);
  world.run_until(3000s);
  CHECK(deliveries(world) == Kinds{"opened:slack", "resolved:slack"});
}

TEST_CASE("ending a silence by hand releases what it held") {
  auto world = one_route_world(600s, 1800s);
  world.silence({silence(0s, 9000s, {"*"})});
  world.run_until(900s);
  world.silence({silence(0s, 900s, {"*"})});
  world.run_until(902s);
  CHECK(world.kinds() == Kinds{"opened", "released"});
  CHECK(deliveries(world) == Kinds{"opened:slack"});
}

TEST_CASE("a silence over an incident that was told holds reminders and worsenings, not its end") {
  auto config = make_config({make_route("a", 10s), make_route("b", 10s)}, one_rule());
  config->rules.front().remind = 5min;
  ProbedWorld world(config, [](const std::string& route, const std::string&, Time time) {
    const bool fails = time >= 600s && time < 3000s && (route == "shop/a" || time >= 900s);
    return fails ? bad_gateway : ok;
  });
  world.run_until(700s);
  REQUIRE(deliveries(world) == Kinds{"opened:slack"});
  world.silence({silence(700s, 9000s, {"*"})});
  world.run_until(2900s);
  CHECK(world.kinds() == Kinds{"opened", "held", "worsened"});
  CHECK(world.steps()[1].event.text == "Not told from now on: silence 3 (deploy).");
  CHECK(deliveries(world) == Kinds{"opened:slack"});
  SUBCASE("its end is told") {
    world.run_until(4000s);
    CHECK(deliveries(world) == Kinds{"opened:slack", "resolved:slack"});
  }
  SUBCASE("its end is told after a restart") {
    world.restart(5s);
    world.run_until(4000s);
    CHECK(deliveries(world) == Kinds{"opened:slack", "resolved:slack"});
  }
  SUBCASE("released, whoever knew of it hears what got worse") {
    world.silence({});
    world.run_until(2903s);
    CHECK(deliveries(world) == Kinds{"opened:slack", "worsened:slack"});
  }
  SUBCASE("released after a restart too") {
    world.restart(2s);
    world.silence({});
    world.run_until(2950s);
    CHECK(deliveries(world) == Kinds{"opened:slack", "worsened:slack"});
  }
}

TEST_CASE("released with nothing new, it is told to nobody again") {
  auto world = one_route_world(600s, 1800s);
  world.run_until(700s);
  world.silence({silence(700s, 800s, {"*"})});
  world.run_until(1000s);
  CHECK(world.kinds() == Kinds{"opened", "held", "released"});
  CHECK(deliveries(world) == Kinds{"opened:slack"});
}

TEST_CASE("a route that joins and is not covered releases the incident") {
  ProbedWorld world(make_config({make_route("a", 10s), make_route("b", 10s)}, one_rule()),
                    [](const std::string& route, const std::string&, Time time) {
                      const bool fails = time >= 600s && (route == "shop/a" || time >= 900s);
                      return fails ? bad_gateway : ok;
                    });
  world.silence({silence(0s, 9000s, {"shop/a"})});
  world.run_until(890s);
  REQUIRE(deliveries(world).empty());
  world.run_until(930s);
  CHECK(deliveries(world) == Kinds{"opened:slack"});
  CHECK(world.told(world.steps().size() - 1).routes.size() == 2);
}

TEST_CASE("a route that joins what was told and then silenced is told at once to those who know") {
  ProbedWorld world(make_config({make_route("a", 10s), make_route("b", 10s)}, one_rule()),
                    [](const std::string& route, const std::string&, Time time) {
                      const bool fails = time >= 600s && (route == "shop/a" || time >= 2000s);
                      return fails ? bad_gateway : ok;
                    });
  world.run_until(700s);
  REQUIRE(deliveries(world) == Kinds{"opened:slack"});
  world.silence({silence(700s, 9000s, {"shop/a"})});
  world.run_until(1990s);
  REQUIRE(deliveries(world) == Kinds{"opened:slack"});
  world.run_until(2030s);
  CHECK(deliveries(world) == Kinds{"opened:slack", "worsened:slack"});
  CHECK(world.told(world.steps().size() - 1).routes.size() == 2);
}

TEST_CASE("a reopening that was held is told when the silence ends, and else so is no second end") {
  const auto server = [](const std::string&, const std::string&, Time time) {
    const bool fails = (time >= 600s && time < 700s) || (time >= 900s && time < 1500s);
    return fails ? bad_gateway : ok;
  };
  ProbedWorld world(make_config({make_route("a", 10s)}, one_rule()), server);
  world.run_until(850s);
  REQUIRE(deliveries(world) == Kinds{"opened:slack", "resolved:slack"});
  SUBCASE("it ends while it fails") {
    world.silence({silence(850s, 1200s, {"*"})});
    SUBCASE("without a restart") {}
    SUBCASE("with one") {
      world.run_until(1000s);
      world.restart(2s);
    }
    world.run_until(3000s);
    CHECK(world.kinds() == Kinds{"opened", "resolved", "reopened", "released", "resolved"});
    CHECK(deliveries(world) ==
          Kinds{"opened:slack", "resolved:slack", "reopened:slack", "resolved:slack"});
  }
  SUBCASE("it ends later") {
    world.silence({silence(850s, 9000s, {"*"})});
    SUBCASE("without a restart") {}
    SUBCASE("with one") {
      world.run_until(1000s);
      world.restart(2s);
    }
    world.run_until(3000s);
    CHECK(world.kinds() == Kinds{"opened", "resolved", "reopened", "resolved"});
    CHECK(deliveries(world) == Kinds{"opened:slack", "resolved:slack"});
  }
}

TEST_CASE("a restart while it is silenced tells nobody, and its end does not forget") {
  auto world = one_route_world(600s, 1800s);
  world.silence({silence(0s, 1200s, {"*"})});
  world.run_until(900s);
  for (const auto down_for : {2s, 30s}) world.restart(down_for);
  world.run_until(1199s);
  CHECK(world.kinds() == Kinds{"opened"});
  CHECK(world.desk().held_incidents() == 1);
  SUBCASE("up when it ends") {}
  SUBCASE("down when it ends") {
    world.restart(60s);
  }
  world.run_until(1270s);
  CHECK(world.kinds() == Kinds{"opened", "released"});
  CHECK(deliveries(world) == Kinds{"opened:slack"});
}

TEST_CASE("a reload that takes a route out of a configured silence releases it") {
  auto config = make_config({make_route("a", 10s)}, one_rule());
  config->silences.push_back({.name = "quiet", .scope = {.routes = {"shop/a"}}});
  ProbedWorld world(config, outage(600s, 1800s));
  world.run_until(900s);
  CHECK(world.steps().front().incident.held_by == "silence quiet");
  auto changed = std::make_shared<config::Config>(*config);
  changed->silences.front().scope.routes = {"other/*"};
  world.reload(changed);
  CHECK(world.kinds() == Kinds{"opened", "released"});
  CHECK(deliveries(world) == Kinds{"opened:slack"});
}

TEST_CASE("a silence covers what its rules, tags and regions say, and nothing else") {
  config::Silence quiet{.name = "quiet", .scope = {}};
  bool is_held = false;
  SUBCASE("rule") {
    quiet.scope.rules = {"bad-*"};
    is_held = true;
  }
  SUBCASE("another rule") {
    quiet.scope.rules = {"certificate"};
  }
  SUBCASE("tags") {
    quiet.scope.tags = {{"team", "payments"}};
    is_held = true;
  }
  SUBCASE("other tags") {
    quiet.scope.tags = {{"team", "payments"}, {"tier", "1"}};
  }
  SUBCASE("one of two failing regions") {
    quiet.scope.regions = {"eu"};
  }
  SUBCASE("both regions") {
    quiet.scope.regions = {"eu", "u*"};
    is_held = true;
  }
  SUBCASE("not yet") {
    quiet.scope.routes = {"*"};
    quiet.starts = std::chrono::floor<std::chrono::seconds>(world_start + 9000s);
  }
  SUBCASE("no more") {
    quiet.scope.routes = {"*"};
    quiet.ends = std::chrono::floor<std::chrono::seconds>(world_start + 500s);
  }
  auto route = make_route("a", 10s);
  route.tags = {{"team", "payments"}};
  auto config = make_config({route}, one_rule());
  config->silences = {quiet};
  ProbedWorld world(config, outage(600s, 1800s), {"eu", "us"});
  world.run_until(800s);
  CHECK(deliveries(world).empty() == is_held);
}

TEST_CASE("a maintenance window holds, results say so, and what fails after it is told") {
  const auto begins = std::chrono::floor<std::chrono::seconds>(world_start);
  auto config = make_config({make_route("a", 10s), make_route("b", 10s, "other")}, one_rule());
  config->maintenances.push_back({.name = "db-upgrade",
                                  .scope = {.routes = {"shop/a"}},
                                  .once = config::TimeSpan{begins + 500s, begins + 1200s}});
  ProbedWorld world(config, outage(600s, 1800s));
  Result result;
  result.route = "shop/a";
  for (const auto& [at, inside] :
       {std::pair(499s, false), std::pair(500s, true), std::pair(1199s, true),
        std::pair(1200s, false), std::pair(800s, true)}) {
    result.started = world_start + at;
    CHECK(world.desk().in_maintenance(result) == inside);
  }
  result.route = "shop/b";
  CHECK_FALSE(world.desk().in_maintenance(result));
  world.run_until(1100s);
  REQUIRE(world.kinds() == Kinds{"opened", "opened"});
  CHECK(deliveries(world) == Kinds{"opened:slack"});
  world.run_until(1202s);
  CHECK(world.kinds() == Kinds{"opened", "opened", "released"});
  CHECK(world.steps().back().event.text ==
        "Told again, after it was held by maintenance db-upgrade.");
}

TEST_CASE("a window that comes again and again is found at any time, forwards and back") {
  auto config = make_config({make_route("a", 10s)}, one_rule());
  config::Maintenance nightly{.name = "nightly", .scope = {.routes = {"*"}}};
  nightly.calendar = config::Calendar::parse("*-*-* 02:00").value();
  nightly.duration = 1h;
  config->maintenances = {nightly};
  alerting::Holds holds(config);
  const auto midnight = std::chrono::floor<std::chrono::days>(world_start);
  for (const int day : {0, 1, 2, 1, 0}) {
    const auto at = [&](Time time) {
      return holds.in_maintenance(config->routes.front(), midnight + 24h * day + time);
    };
    CHECK_FALSE(at(2h - 1us));
    CHECK(at(2h));
    CHECK(at(3h - 1us));
    CHECK_FALSE(at(3h));
  }
}

TEST_CASE("a blind region is silenced by its region or by everything, not by routes") {
  const auto config = make_config({make_route("a", 10s)}, one_rule());
  alerting::IncidentDesk desk(config, {});
  storage::SilenceRecord quiet = silence(0s, 9000s, {});
  bool is_held = true;
  SUBCASE("its region") {
    quiet.regions = {"e*"};
  }
  SUBCASE("everything") {
    quiet.routes = {"*"};
  }
  SUBCASE("routes") {
    quiet.routes = {"shop/*"};
    is_held = false;
  }
  desk.set_silences({quiet});
  CHECK(
      desk.set_blindness("eu", alerting::Blindness{"Monitor is blind", "all", "", {}}, world_start)
          .empty());
  const auto steps = desk.tick(world_start + 1s);
  REQUIRE(steps.size() == 1);
  CHECK(steps.front().deliveries.empty() == is_held);
}

TEST_CASE("whom it escalates to hears nothing while it is held, and is told later than others") {
  auto config = make_config({make_route("a", 10s)}, one_rule());
  config->rules.front().escalate.push_back({5min, {"boss"}});
  ProbedWorld world(config, outage(600s, 3000s));
  world.silence({silence(0s, 1200s, {"*"})});
  world.run_until(1202s);
  REQUIRE(deliveries(world) == Kinds{"opened:slack"});
  SUBCASE("without a restart") {}
  SUBCASE("with one") {
    world.run_until(1300s);
    world.restart(2s);
  }
  world.run_until(1490s);
  CHECK(deliveries(world) == Kinds{"opened:slack"});
  world.run_until(1510s);
  CHECK(deliveries(world) == Kinds{"opened:slack", "opened:boss"});
  world.run_until(4000s);
  CHECK(deliveries(world).size() == 4);
}

TEST_CASE("an acknowledgement is taken while it is held") {
  auto world = one_route_world(600s, 1800s);
  world.silence({silence(0s, 1200s, {"*"})});
  world.run_until(900s);
  world.acknowledge(1, {"ann", ""});
  world.run_until(3000s);
  CHECK(world.kinds() == Kinds{"opened", "acknowledged", "released", "resolved"});
  CHECK(deliveries(world) == Kinds{"opened:slack", "resolved:slack"});
}

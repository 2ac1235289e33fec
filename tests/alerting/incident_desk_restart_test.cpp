// What a restart and a reload must not change.

#include <algorithm>
#include <functional>
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

std::vector<config::Rule> two_rules() {
  auto down = make_rule("down", "failing");
  down.rate = 0.5;
  down.window = 3min;
  down.notify = {"slack", "oncall"};
  return {make_rule("bad-gateway", "bad_gateway"), down};
}

}  // namespace

TEST_CASE("a restart inside an outage tells nothing, and the incident goes on") {
  ProbedWorld world(make_config({make_route("a", 10s), make_route("b", 10s)}, two_rules()),
                    outage(600s, 1800s));
  world.run_until(900s);
  const auto before = world.steps().size();
  REQUIRE(world.count("opened") == 1);
  for (const auto down_for : {2s, 30s, 400s}) {
    world.restart(down_for);
    world.run_until(900s + 400s);
    CHECK(world.steps().size() == before);
    CHECK(world.desk().open_incidents(config::Severity::Critical) == 1);
  }
  world.run_until(3600s);
  CHECK(world.count("opened") == 1);
  CHECK(world.count("resolved") == 1);
  CHECK(world.steps().back().incident.id == 1);
  CHECK(world.steps().back().deliveries.size() == 2);
  CHECK(world.told(world.steps().size() - 1).what == "502 Bad Gateway");
}

TEST_CASE("a restart inside a second outage goes on with that one, whatever came before") {
  ProbedWorld world(make_config({make_route("a", 10s)}, two_rules()),
                    [](const std::string&, const std::string&, Time time) {
                      const auto hour = time % 1h;
                      return hour >= 600s && hour < 900s ? bad_gateway : ok;
                    });
  for (int hour = 0; hour < 4; ++hour) {
    CAPTURE(hour);
    world.run_until(hour * 1h + 800s);
    const auto before = world.steps().size();
    world.restart(10s);
    world.run_until(hour * 1h + 850s);
    CHECK(world.steps().size() == before);
    CHECK(world.desk().open_incidents(config::Severity::Critical) == 1);
  }
  world.run_until(4h);
  CHECK(world.kinds() == Kinds{"opened", "resolved", "opened", "resolved", "opened", "resolved",
                               "opened", "resolved"});
}

TEST_CASE("an incident outlives the loss of the store, and nobody is told of it twice") {
  ProbedWorld world(make_config({make_route("a", 10s), make_route("b", 10s)}, two_rules()),
                    outage(600s, 1800s));
  world.run_until(900s);
  const auto before = world.steps().back().incident;
  world.lose_history();
  REQUIRE(world.steps().size() == 2);
  const auto restated = world.steps().front();
  CHECK(restated.incident.id == before.id);
  CHECK(restated.incident.since == before.since);
  CHECK(restated.event.sequence == before.last_event);
  CHECK(world.steps().back().incident.rule == "history-lost");
  world.restart(10s);
  world.run_until(1700s);
  CHECK(world.steps().size() == 2);
  CHECK(world.desk().open_incidents(config::Severity::Critical) == 2);
  world.run_until(3600s);
  REQUIRE(world.steps().size() == 3);
  CHECK(world.steps().back().incident.id == before.id);
  CHECK(world.steps().back().event.kind == "resolved");
  CHECK(world.steps().back().deliveries.size() == 2);
}

TEST_CASE("what recovered while we were down resolves by the usual rule") {
  ProbedWorld world(make_config({make_route("a", 10s)}, two_rules()), outage(600s, 910s));
  world.run_until(900s);
  world.restart(600s);
  world.run_until(1500s + 30s);
  CHECK(world.kinds() == Kinds{"opened"});  // five clean results are not in yet
  world.run_until(1500s + 70s);
  CHECK(world.kinds() == Kinds{"opened", "resolved"});
}

TEST_CASE("an outage that begins while we restart is told") {
  ProbedWorld world(make_config({make_route("a", 10s)}, two_rules()), outage(620s, 9000s));
  world.run_until(600s);
  world.restart(60s);
  world.run_until(700s);
  CHECK(world.kinds() == Kinds{"opened"});
}

TEST_CASE("a failing stretch that was replayed is told with the first failure after it") {
  ProbedWorld world(make_config({make_route("a", 10s)}, two_rules()), outage(600s, 9000s));
  world.run_until(602s);  // two failures are stored, nothing is told
  REQUIRE(world.steps().empty());
  world.restart(2s);
  CHECK(world.steps().empty());
  world.run_until(640s);
  REQUIRE(world.kinds() == Kinds{"opened"});
  CHECK(world.told(0).since == world_start + 600s);
}

TEST_CASE("an incident that was resolved lately reopens after a restart") {
  ProbedWorld world(make_config({make_route("a", 10s)}, {make_rule("bad-gateway", "bad_gateway")}),
                    [](const std::string&, const std::string&, Time time) {
                      return time / 10min % 2 == 1 ? bad_gateway : ok;
                    });
  world.run_until(27min);
  REQUIRE(world.kinds() == Kinds{"opened", "resolved"});
  world.restart(10s);
  world.run_until(32min);
  CHECK(world.kinds() == Kinds{"opened", "resolved", "reopened"});
}

TEST_CASE("an incident whose rule or routes are gone after a restart resolves, and says why") {
  auto config = make_config({make_route("a", 10s)}, {make_rule("bad-gateway", "bad_gateway")});
  ProbedWorld world(config, outage(600s, 9000s));
  world.run_until(700s);
  REQUIRE(world.kinds() == Kinds{"opened"});
  std::string reason;
  SUBCASE("the rule") {
    config->rules.front().name = "renamed";
    reason = "the rule was removed from the configuration";
  }
  SUBCASE("the route") {
    config->routes.front().name = "renamed";
    reason = "the route was removed from the configuration";
  }
  SUBCASE("the gateway") {
    config->routes.front().url.host = "elsewhere.example.com";
    reason = "the route was moved to another gateway";
  }
  world.restart(1s);
  world.run_until(703s);
  // The outage goes on, so that what is configured now may open an incident of its own.
  REQUIRE(world.count("resolved") == 1);
  const auto& steps = world.steps();
  const auto resolved = std::ranges::find_if(
      steps, [](const storage::IncidentStep& step) { return step.event.kind == "resolved"; });
  CHECK(resolved->incident.id == 1);
  CHECK(resolved->event.text.ends_with(" without a recovery: " + reason + "."));
  REQUIRE(resolved->deliveries.size() == 1);
  const auto told = alerting::notification_from_json(resolved->deliveries.front().notification);
  CHECK(told.value().reason == reason);
}

TEST_CASE("a reload that changes nothing of a route keeps its windows and its incident") {
  const auto config_with = [](config::Duration interval, const std::string& runbook, double rate) {
    auto route = make_route("a", interval);
    route.runbook = runbook;
    auto rule = make_rule("bad-gateway", "bad_gateway");
    rule.rate = rate;
    return make_config({route, make_route("b", 10s)}, {rule});
  };
  ProbedWorld world(config_with(10s, "", 0.05), outage(600s, 1800s));
  world.run_until(601s);  // inside the failing stretch, before the opening
  world.reload(config_with(10s, "", 0.05));
  world.run_until(606s);
  REQUIRE(world.kinds() == Kinds{"opened"});
  world.run_until(900s);
  const auto before = world.steps().size();
  world.reload(config_with(20s, "https://wiki.example.com", 0.1));
  world.run_until(1800s);
  CHECK(world.steps().size() == before);
  world.run_until(3600s);
  CHECK(world.count("resolved") == 1);
  CHECK(world.steps().back().incident.routes.front().probes > 60);
}

TEST_CASE("what is told after a reload links to where the pages are now") {
  const auto config =
      make_config({make_route("a", 10s)}, {make_rule("bad-gateway", "bad_gateway")});
  ProbedWorld world(config, outage(600s, 1800s));
  world.run_until(900s);
  REQUIRE(world.kinds() == Kinds{"opened"});
  CHECK(world.told(0).link == "http://127.0.0.1:9502/incidents/1");
  world.reload(config, "https://watch.example.com");
  world.run_until(3600s);
  REQUIRE(world.kinds() == Kinds{"opened", "resolved"});
  CHECK(world.told(1).link == "https://watch.example.com/incidents/1");
}

TEST_CASE(
    "a reload that takes the rule or all routes of an incident away closes it, and says why") {
  const auto rule = make_rule("bad-gateway", "bad_gateway");
  ProbedWorld world(make_config({make_route("a", 10s), make_route("b", 10s)}, {rule}),
                    outage(600s, 9000s));
  world.run_until(620s);
  REQUIRE(world.kinds() == Kinds{"opened"});
  SUBCASE("one of two routes: it goes on") {
    world.reload(make_config({make_route("b", 10s)}, {rule}));
    world.run_until(660s);
    CHECK(world.count("resolved") == 0);
    CHECK(world.desk().open_incidents(config::Severity::Critical) == 1);
  }
  std::string reason;
  SUBCASE("all routes") {
    world.reload(make_config({}, {rule}));
    reason = "the route was removed from the configuration";
  }
  SUBCASE("the rule") {
    world.reload(make_config({make_route("a", 10s), make_route("b", 10s)}, {}));
    reason = "the rule was removed from the configuration";
  }
  SUBCASE("the rule's hold of the routes") {
    auto other = rule;
    other.routes = {"other/*"};
    world.reload(make_config({make_route("a", 10s), make_route("b", 10s)}, {other}));
    reason = "the rule no longer covers the route";
  }
  SUBCASE("what the rule looks for") {
    auto other = make_rule("bad-gateway", "timeout");
    world.reload(make_config({make_route("a", 10s), make_route("b", 10s)}, {other}));
    reason = "the rule no longer matches what failed";
  }
  if (world.count("resolved") > 0) {
    CHECK(world.kinds() == Kinds{"opened", "resolved"});
    CHECK(world.steps().back().event.text.ends_with(" without a recovery: " + reason + "."));
    CHECK(world.told(1).reason == reason);
    world.run_until(2000s);
    CHECK(world.kinds() == Kinds{"opened", "resolved"});
  } else {
    CHECK(world.desk().open_incidents(config::Severity::Critical) == 1);
  }
}

TEST_CASE("a reload that changes how a route is asked or judged leaves its incident open") {
  using Change = std::function<void(config::Route&, config::Rule&)>;
  const std::vector<std::pair<std::string, Change>> changes = {
      {"timeout", [](auto& route, auto&) { route.timeout = 3s; }},
      {"headers",
       [](auto& route, auto&) { route.headers.push_back({"X-Key", config::Secret("new")}); }},
      {"expectations", [](auto& route, auto&) { route.expect.status.add(200, 399); }},
      {"path", [](auto& route, auto&) { route.url.path = "/elsewhere"; }},
      {"method", [](auto& route, auto&) { route.method = "HEAD"; }},
      {"window", [](auto&, auto& rule) { rule.window = 10min; }},
      {"match", [](auto&, auto& rule) { (void)rule.match.add("timeout"); }}};
  for (const auto& [name, change] : changes) {
    CAPTURE(name);
    auto route = make_route("a", 10s);
    auto rule = make_rule("bad-gateway", "bad_gateway");
    const auto before = make_config({route}, {rule});
    change(route, rule);
    const auto after = make_config({route}, {rule});

    ProbedWorld world(before, outage(600s, 1200s));
    world.run_until(700s);
    REQUIRE(world.kinds() == Kinds{"opened"});
    world.reload(after);
    world.run_until(1200s);
    CHECK(world.kinds() == Kinds{"opened"});
    world.run_until(1300s);
    REQUIRE(world.kinds() == Kinds{"opened", "resolved"});  // by results that are clean
    CHECK(world.told(1).reason.empty());
    CHECK(world.told(1).since == world_start + 600s);
    CHECK(world.told(1).what == "502 Bad Gateway");

    ProbedWorld unseen(before, outage(600s, 1200s));
    unseen.run_until(700s);
    unseen.reload(after);
    for (int second = 0; second < 3600; ++second) {  // nothing is probed any more
      CHECK(unseen.desk().tick(world_start + 700s + std::chrono::seconds{second}).empty());
    }
  }
}

TEST_CASE("failures that were judged by other expectations open nothing") {
  auto strict = make_route("a", 10s);
  strict.confirm.times = 0;
  auto lenient = strict;
  lenient.expect.status.add(200, 599);
  const auto rule = make_rule("down", "failing");
  ProbedWorld world(make_config({strict}, {rule}), outage(600s, 9000s));
  world.run_until(615s);  // two failures
  world.reload(make_config({lenient}, {rule}));
  world.run_until(625s);  // one more
  CHECK(world.steps().empty());
}

TEST_CASE("an outage that was over before a restart makes no lone failure reopen it") {
  ProbedWorld world(make_config({make_route("a", 10s)}, two_rules()),
                    [](const std::string&, const std::string&, Time time) {
                      const bool lone = time >= 900s && time < 901s;
                      return lone || (time >= 600s && time < 720s) ? bad_gateway : ok;
                    });
  world.run_until(800s);
  REQUIRE(world.kinds() == Kinds{"opened", "resolved"});
  world.restart(5s);
  world.run_until(2000s);
  CHECK(world.kinds() == Kinds{"opened", "resolved"});
}

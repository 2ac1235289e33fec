#include "alerting/incident_desk.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/alerting/probed_world.h"

using namespace gatewatch;
using namespace gatewatch::tests;
using namespace std::chrono_literals;
using alerting::NotificationKind;
using Kinds = std::vector<std::string>;
using Time = std::chrono::microseconds;

namespace {

// Healthy but from `begin` to `end`.
ProbedWorld::Server outage(Time begin, Time end, Answer answer = bad_gateway) {
  return [=](const std::string&, const std::string&, Time time) {
    return time >= begin && time < end ? answer : ok;
  };
}

std::vector<config::Rule> built_in() {
  return config::built_in_rules({config::Channel{.name = "slack", .type = config::LogChannel{}}});
}

std::vector<config::Route> many_routes(int count, config::Duration interval) {
  std::vector<config::Route> routes;
  for (int index = 0; index < count; ++index) {
    routes.push_back(make_route("route" + std::to_string(index), interval));
  }
  return routes;
}

}  // namespace

TEST_CASE("an outage is told within five seconds of its first failure, at any interval") {
  for (const auto interval : {1s, 10s, 30s, 300s}) {
    for (const auto& answer : {bad_gateway, refused}) {
      CAPTURE(interval.count());
      CAPTURE(answer.status);
      Time first_failure = Time::max();
      ProbedWorld world(make_config({make_route("checkout", interval)}, built_in()),
                        [&](const std::string&, const std::string&, Time time) {
                          if (time < 1000s) return ok;
                          first_failure = std::min(first_failure, time);
                          return answer;
                        });
      world.run_until(2000s);
      CHECK(world.kinds() == Kinds{"opened"});
      CHECK(world.first("opened") - first_failure <= 5s);
      CHECK(world.told(0).since == world_start + first_failure);
      CHECK(world.desk().open_incidents(config::Severity::Critical) == 1);
    }
  }
}

TEST_CASE("lone failures never open an incident") {
  for (const auto interval : {1s, 10s, 30s}) {
    CAPTURE(interval.count());
    int probes = 0;
    ProbedWorld world(make_config({make_route("checkout", interval)}, built_in()),
                      [&](const std::string&, const std::string&, Time) {
                        return ++probes % 61 == 0 ? bad_gateway : ok;
                      });
    world.run_until(12h);
    CHECK(probes > 1'000);
    CHECK(world.steps().empty());
  }
}

TEST_CASE("an opening says what, since when, how much, from where, and with what evidence") {
  auto route = make_route("checkout", 10s);
  route.runbook = "https://wiki.example.com/502";
  ProbedWorld world(make_config({route}, {make_rule("bad-gateway", "bad_gateway")}),
                    outage(600s, 2000s));
  world.run_until(700s);
  REQUIRE(world.kinds() == Kinds{"opened"});
  const auto& step = world.steps().front();
  const auto told = world.told(0);
  CHECK(told.kind == NotificationKind::Opened);
  CHECK(told.headline() == "502 Bad Gateway on shop/checkout");
  CHECK(told.share() == "3 of 3 probes, 100 %");
  CHECK(told.since == world_start + 600s);
  CHECK(told.gateway == "https://shop.example.com");
  CHECK(told.rule == "bad-gateway");
  CHECK(told.severity == config::Severity::Critical);
  CHECK(told.regions_failing == std::vector<std::string>{"eu"});
  CHECK(told.regions_clean.empty());
  CHECK(told.evidence.size() == 3);
  CHECK(told.evidence.front().starts_with("GET https://shop.example.com/checkout from eu at "));
  CHECK(told.routes.front().runbook == "https://wiki.example.com/502");
  CHECK(told.link == "http://127.0.0.1:9502/incidents/1");
  CHECK(step.event.text == "502 Bad Gateway on shop/checkout: 3 of 3 probes, 100 %.");
  const auto opened = std::chrono::floor<std::chrono::milliseconds>(step.incident.opened);
  CHECK(step.deliveries.front().key ==
        "gw-" + std::to_string(opened.time_since_epoch().count()) + "-1-1-slack");
  CHECK(told.incident_key + "-1-slack" == step.deliveries.front().key);
  CHECK(step.incident.routes.front().since == world_start + 600s);
}

TEST_CASE("a resolution says how long it lasted and how many probes failed") {
  ProbedWorld world(
      make_config({make_route("checkout", 10s)}, {make_rule("bad-gateway", "bad_gateway")}),
      outage(600s, 660s));
  world.run_until(2000s);
  REQUIRE(world.kinds() == Kinds{"opened", "resolved"});
  const auto told = world.told(1);
  CHECK(told.kind == NotificationKind::Resolved);
  CHECK(told.resolved == world.steps().back().event.at);
  CHECK(told.failures == 11);  // six scheduled, five confirmations
  CHECK(told.probes > told.failures);
  CHECK(told.what == "502 Bad Gateway");
  CHECK_FALSE(told.routes.front().firing);
  CHECK(world.steps().back().event.text.starts_with("Resolved after "));
  CHECK(world.steps().back().event.text.find(": 11 of ") != std::string::npos);
  // At the latest when the outage has left the window.
  CHECK(world.first("resolved") <= 660s + 5min + 10s);
  CHECK(world.desk().open_incidents(config::Severity::Critical) == 0);
}

TEST_CASE("two rules that see one outage tell it once, and it lasts as long as either") {
  auto down = make_rule("down", "failing");
  down.rate = 0.5;
  down.window = 3min;
  auto gateway = make_rule("bad-gateway", "bad_gateway");
  gateway.severity = config::Severity::Warning;
  ProbedWorld world(make_config({make_route("checkout", 10s)}, {gateway, down}),
                    [](const std::string&, const std::string&, Time time) {
                      if (time < 600s || time >= 1800s) return ok;
                      return time < 900s ? bad_gateway : refused;  // the one becomes the other
                    });
  world.run_until(3600s);
  CHECK(world.kinds() == Kinds{"opened", "resolved"});
  CHECK(world.told(0).severity == config::Severity::Critical);  // the higher one
  CHECK(world.first("resolved") >= 1800s);
}

TEST_CASE("a rule that joins later tells the channels that do not know, and them alone") {
  auto gateway = make_rule("bad-gateway", "bad_gateway");
  auto many = make_rule("many", "failing");
  many.min_samples = many.min_matches = 30;
  many.notify = {"slack", "oncall"};
  ProbedWorld world(make_config({make_route("checkout", 10s)}, {gateway, many}),
                    outage(600s, 1200s));
  world.run_until(3600s);
  REQUIRE(world.kinds() == Kinds{"opened", "worsened", "resolved"});
  REQUIRE(world.steps()[1].deliveries.size() == 1);
  CHECK(world.steps()[1].deliveries.front().channel == "oncall");
  CHECK(world.steps()[1].event.text == "The rule many fires too.");
  CHECK(world.told(1).kind == NotificationKind::Opened);
  CHECK(world.steps()[2].deliveries.size() == 2);
}

TEST_CASE("a rule that raises the severity of what was told is told") {
  auto slow = make_rule("minor", "bad_gateway");
  slow.severity = config::Severity::Warning;
  auto many = make_rule("major", "failing");
  many.min_samples = many.min_matches = 30;
  ProbedWorld world(make_config({make_route("checkout", 10s)}, {slow, many}), outage(600s, 2000s));
  world.run_until(1500s);
  REQUIRE(world.kinds() == Kinds{"opened", "worsened"});
  CHECK(world.told(1).severity == config::Severity::Critical);
  CHECK(world.steps()[1].event.text.find("now critical") != std::string::npos);
}

TEST_CASE("one outage, one message, however many routes it takes down") {
  ProbedWorld world(make_config(many_routes(500, 10s), built_in()), outage(600s, 1200s));
  world.run_until(3600s);
  CHECK(world.count("opened") == 1);
  CHECK(world.count("worsened") <= 1);  // the spread is over within an interval
  CHECK(world.count("resolved") == 1);
  CHECK(world.steps().back().incident.routes.size() == 500);
  CHECK(world.told(1).routes.size() == 500);
  CHECK(world.steps()[1].event.text.starts_with("Worsened: also shop/route"));
  for (const auto& step : world.steps()) CHECK(step.deliveries.size() == 1);
}

TEST_CASE("routes that follow one another are told no more than once a minute") {
  // A route fails every 7 s, from the first to the 60th.
  ProbedWorld world(make_config(many_routes(60, 10s), built_in()),
                    [](const std::string& route, const std::string&, Time time) {
                      const auto number = std::stoi(route.substr(std::string("shop/route").size()));
                      return time >= 600s + number * 7s ? bad_gateway : ok;
                    });
  world.run_until(1200s);
  CHECK(world.count("opened") == 1);
  CHECK(world.count("worsened") >= 6);
  for (std::size_t index = 1; index < world.steps().size(); ++index) {
    CHECK(world.steps()[index].event.at - world.steps()[index - 1].event.at >= 60s);
  }
  CHECK(world.steps().back().incident.routes.size() == 60);
}

TEST_CASE("gateways that fail together are told apart") {
  ProbedWorld world(make_config({make_route("a", 10s, "one.example.com"),
                                 make_route("b", 10s, "two.example.com")},
                                built_in()),
                    outage(600s, 1200s));
  world.run_until(1000s);
  CHECK(world.kinds() == Kinds{"opened", "opened"});
  CHECK(world.desk().open_incidents(config::Severity::Critical) == 2);
}

TEST_CASE("a certificate and an outage never share an incident") {
  ProbedWorld world(make_config({make_route("checkout", 10s)}, built_in()),
                    [](const std::string&, const std::string&, Time time) {
                      auto answer = time >= 600s ? bad_gateway : ok;
                      answer.cert_expiring = true;
                      return answer;
                    });
  world.run_until(900s);
  REQUIRE(world.kinds() == Kinds{"opened", "opened"});
  CHECK(world.told(0).rule == "certificate");
  CHECK(world.told(0).what == "Certificate expires soon");
  CHECK(world.told(0).severity == config::Severity::Warning);
  CHECK(world.told(1).rule == "bad-gateway");
}

TEST_CASE("a certificate's incident is named by it, though the route fails besides") {
  ProbedWorld world(make_config({make_route("checkout", 10s)}, built_in()),
                    [](const std::string&, const std::string&, Time time) {
                      auto answer = bad_gateway;
                      answer.cert_expiring = time < 600s;
                      return answer;
                    });
  world.run_until(2000s);
  std::vector<std::string> texts;
  for (std::size_t step = 0; step < world.steps().size(); ++step) {
    if (world.steps()[step].incident.rule != "certificate") continue;
    texts.push_back(world.steps()[step].event.text);
    CHECK(world.told(step).what == "Certificate expires soon");
    CHECK(world.told(step).of_certificate);
  }
  REQUIRE(texts.size() == 2);
  CHECK(texts[0] == "Certificate expires soon on shop/checkout: expires 2026-11-30, in 9 days.");
  CHECK(texts[1].ends_with("the certificate no longer expires soon."));
}

TEST_CASE("flapping is one conversation") {
  // Ten minutes down, ten minutes up.
  ProbedWorld world(
      make_config({make_route("checkout", 10s)}, {make_rule("bad-gateway", "bad_gateway")}),
      [](const std::string&, const std::string&, Time time) {
        return time / 10min % 2 == 1 ? bad_gateway : ok;
      });
  world.run_until(75min);
  CHECK(world.kinds() ==
        Kinds{"opened", "resolved", "reopened", "resolved", "reopened", "resolved", "reopened"});
  CHECK(world.steps().back().incident.id == 1);
  CHECK(world.told(2).kind == NotificationKind::Reopened);
  CHECK(world.told(2).since == world.told(0).since);
  CHECK(world.steps()[2].event.text.starts_with("Fails again "));
}

TEST_CASE("after `reopen` a new incident begins") {
  auto rule = make_rule("bad-gateway", "bad_gateway");
  rule.reopen = 2min;
  ProbedWorld world(make_config({make_route("checkout", 10s)}, {rule}),
                    [](const std::string&, const std::string&, Time time) {
                      return time / 10min % 2 == 1 ? bad_gateway : ok;
                    });
  world.run_until(35min);
  CHECK(world.kinds() == Kinds{"opened", "resolved", "opened"});
  CHECK(world.steps().back().incident.id == 2);
}

TEST_CASE("reminders come while it is open, and only then") {
  auto rule = make_rule("bad-gateway", "bad_gateway");
  rule.remind = 1h;
  ProbedWorld world(make_config({make_route("checkout", 30s)}, {rule}),
                    outage(600s, 600s + 210min));
  world.run_until(10h);
  CHECK(world.kinds() == Kinds{"opened", "reminder", "reminder", "reminder", "resolved"});
  CHECK(world.told(1).kind == NotificationKind::Reminder);
  CHECK(world.steps()[1].event.text.starts_with("Still failing after 1h"));
}

TEST_CASE("several regions must agree, and those that do not are named") {
  auto majority = make_rule("bad-gateway", "bad_gateway");
  const std::vector<std::string> regions = {"ap", "eu", "us"};
  const auto failing_in = [](int count) {
    return [count](const std::string&, const std::string& region, Time time) {
      const int index = region == "ap" ? 0 : region == "eu" ? 1 : 2;
      return time >= 600s && index < count ? bad_gateway : ok;
    };
  };
  const auto config = make_config({make_route("checkout", 30s)}, {majority});
  SUBCASE("one of three is no majority") {
    ProbedWorld world(config, failing_in(1), regions);
    world.run_until(3600s);
    CHECK(world.steps().empty());
  }
  SUBCASE("two of three are, within five seconds") {
    Time first = Time::max();
    const auto server = failing_in(2);
    ProbedWorld world(
        config,
        [&](const std::string& route, const std::string& region, Time time) {
          const auto answer = server(route, region, time);
          if (answer.status == 502) first = std::min(first, time);
          return answer;
        },
        regions);
    world.run_until(900s);
    REQUIRE(world.kinds() == Kinds{"opened"});
    CHECK(world.first("opened") - first <= 5s);
    CHECK(world.told(0).regions_failing == std::vector<std::string>{"ap", "eu"});
    CHECK(world.told(0).regions_clean == std::vector<std::string>{"us"});
  }
}

TEST_CASE("a region that joins the failing ones is a worsening") {
  ProbedWorld world(
      make_config({make_route("checkout", 10s)}, {make_rule("bad-gateway", "bad_gateway")}),
      [](const std::string&, const std::string& region, Time time) {
        return time >= (region == "us" ? 900s : 600s) ? bad_gateway : ok;
      },
      {"ap", "eu", "us"});
  world.run_until(1200s);
  REQUIRE(world.kinds() == Kinds{"opened", "worsened"});
  CHECK(world.steps()[1].event.text.find("also from us") != std::string::npos);
}

TEST_CASE("our own faults and manual probes change nothing") {
  ProbedWorld blind(make_config({make_route("checkout", 10s)}, built_in()),
                    outage(600s, 9000s, vantage));
  blind.run_until(3600s);
  CHECK(blind.steps().empty());

  // A blind stretch inside an outage neither ends nor tells it again.
  ProbedWorld world(make_config({make_route("checkout", 10s)}, built_in()),
                    [](const std::string&, const std::string&, Time time) {
                      if (time < 600s) return ok;
                      return time / 600s % 2 == 1 ? bad_gateway : vantage;
                    });
  world.run_until(7200s);
  CHECK(world.kinds() == Kinds{"opened"});

  alerting::IncidentDesk desk(make_config({make_route("checkout", 10s)}, built_in()), {});
  Result manual;
  manual.route = "shop/checkout";
  manual.region = "eu";
  manual.kind = ProbeKind::Manual;
  manual.outcome = Outcome::StatusMismatch;
  manual.status = 502;
  for (int second = 0; second < 100; ++second) {
    manual.started = world_start + std::chrono::seconds{second};
    CHECK(desk.observe(manual, manual.started).empty());
    CHECK(desk.tick(manual.started).empty());
  }
}

TEST_CASE("results of routes that are not configured are ignored") {
  alerting::IncidentDesk desk(make_config({make_route("checkout", 10s)}, built_in()), {});
  Result result;
  result.started = world_start;
  result.route = "gone";
  result.outcome = Outcome::StatusMismatch;
  result.status = 502;
  CHECK(desk.observe(result, world_start).empty());
  CHECK(desk.replay_window("gone") == 0s);
  CHECK(desk.replay_window("shop/checkout") == 1h);
}

TEST_CASE("without a channel every step is still recorded") {
  auto rule = make_rule("bad-gateway", "bad_gateway");
  rule.notify.clear();
  ProbedWorld world(make_config({make_route("checkout", 10s)}, {rule}), outage(600s, 700s));
  world.run_until(1800s);
  REQUIRE(world.kinds() == Kinds{"opened", "resolved"});
  CHECK(world.steps().front().deliveries.empty());
}

TEST_CASE("what stops before it opens was never there") {
  auto rule = make_rule("touchy", "bad_gateway");
  rule.confidence = 0;
  rule.min_samples = rule.min_matches = 1;
  rule.resolve_after = 1;
  rule.rate = 0.9;
  alerting::IncidentDesk desk(make_config({make_route("checkout", 10s)}, {rule}), {});
  Result result;
  result.started = world_start;
  result.route = "shop/checkout";
  result.region = "eu";
  result.outcome = Outcome::StatusMismatch;
  result.status = 502;
  CHECK(desk.observe(result, world_start).empty());
  result.outcome = Outcome::Ok;
  result.status = 200;
  CHECK(desk.observe(result, world_start + 100ms).empty());
  for (int second = 1; second < 10; ++second) {
    CHECK(desk.tick(world_start + std::chrono::seconds{second}).empty());
  }
}

TEST_CASE("a clock that jumps opens nothing and closes nothing") {
  const auto config = make_config({make_route("checkout", 10s)}, built_in());
  for (const auto jump : {-24h * 3650, -1h, 1h, 24h * 3650}) {
    CAPTURE(jump.count());
    alerting::IncidentDesk desk(config, {});
    std::vector<storage::IncidentStep> steps;
    const auto run = [&](Timestamp from, int seconds, bool fails) {
      for (int second = 0; second < seconds; ++second) {
        Result result;
        result.started = from + std::chrono::seconds{second};
        result.route = "shop/checkout";
        result.region = "eu";
        result.outcome = fails ? Outcome::StatusMismatch : Outcome::Ok;
        result.status = fails ? 502 : 200;
        for (auto& step : desk.observe(result, result.started)) steps.push_back(std::move(step));
        for (auto& step : desk.tick(result.started)) steps.push_back(std::move(step));
      }
    };
    run(world_start, 100, false);
    run(world_start + jump, 100, false);
    CHECK(steps.empty());
    run(world_start, 100, true);
    run(world_start + jump, 100, true);
    REQUIRE(steps.size() == 1);
    run(world_start + jump + 100s, 700, false);
    CHECK(steps.size() == 2);
    CHECK(steps.back().event.kind == "resolved");
  }
}

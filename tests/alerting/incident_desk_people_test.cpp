// What people do about an incident, and what their silence brings: acknowledging and escalation.

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tests/alerting/probed_world.h"

using namespace gatewatch;
using namespace gatewatch::tests;
using namespace std::chrono_literals;
using alerting::NotificationKind;
using Names = std::vector<std::string>;
using Time = std::chrono::microseconds;

namespace {

ProbedWorld::Server outage(Time begin, Time end) {
  return [=](const std::string&, const std::string&, Time time) {
    return time >= begin && time < end ? bad_gateway : ok;
  };
}

// Tells slack at once, boss after 15 min and director after an hour; reminds every 30 min.
config::Rule patient_rule() {
  auto rule = make_rule("bad-gateway", "bad_gateway");
  rule.remind = 30min;
  rule.escalate = {{15min, {"boss"}}, {1h, {"director"}}};
  return rule;
}

ProbedWorld world_of(const config::Rule& rule, ProbedWorld::Server server) {
  return {make_config({make_route("a", 10s)}, {rule}), std::move(server)};
}

// The kinds of all its steps.
std::string story(const ProbedWorld& world) {
  return fmt::format("{}", fmt::join(world.kinds(), " "));
}

// Who is told by the newest step of that kind.
Names told_by(const ProbedWorld& world, const std::string& kind) {
  Names channels;
  for (const auto& step : world.steps()) {
    if (step.event.kind != kind) continue;
    channels.clear();
    for (const auto& delivery : step.deliveries) channels.push_back(delivery.channel);
  }
  std::ranges::sort(channels);
  return channels;
}

}  // namespace

TEST_CASE("an acknowledgement is an event of its own and ends reminders and escalation") {
  auto world = world_of(patient_rule(), outage(600s, 3h));
  world.run_until(700s);
  REQUIRE(world.count("opened") == 1);
  world.acknowledge(1, {"ann", "on it"});
  REQUIRE(story(world) == "opened acknowledged");
  const auto& step = world.steps().back();
  CHECK(step.event.text == "Acknowledged by ann: on it");
  CHECK(step.incident.acknowledged == step.event.at);
  CHECK(step.incident.acknowledged_by == "ann");
  CHECK(step.deliveries.empty());
  world.run_until(4h);
  CHECK(story(world) == "opened acknowledged resolved");
  CHECK(told_by(world, "resolved") == Names{"slack"});
  CHECK(world.told(2).acknowledged_by == "ann");
}

TEST_CASE("only what is open can be acknowledged") {
  auto world = world_of(patient_rule(), outage(600s, 900s));
  world.acknowledge(1, {"ann", ""});
  world.run_until(2000s);
  world.acknowledge(1, {"ann", ""});
  world.acknowledge(7, {"ann", ""});
  CHECK(story(world) == "opened resolved");
}

TEST_CASE("an acknowledgement outlives a restart, in which nothing is told") {
  auto world = world_of(patient_rule(), outage(600s, 3h));
  world.run_until(700s);
  world.acknowledge(1, {"ann", ""});
  world.restart(30s);
  world.run_until(2h);
  CHECK(story(world) == "opened acknowledged");
  world.run_until(4h);
  CHECK(world.steps().back().incident.acknowledged_by == "ann");
}

TEST_CASE("a higher severity takes an acknowledgement back, further routes do not") {
  auto mild = patient_rule();
  mild.severity = config::Severity::Warning;
  const auto grave = make_rule("silent", "timeout");
  ProbedWorld world(make_config({make_route("a", 10s), make_route("c", 10s)}, {mild, grave}),
                    [](const std::string& route, const std::string&, Time time) {
                      if (time < 600s) return ok;
                      if (route == "shop/c") return time < 1200s ? ok : bad_gateway;
                      return time < 2400s ? bad_gateway : Answer{Outcome::Timeout, 0};
                    });
  world.run_until(700s);
  world.acknowledge(1, {"ann", ""});
  world.run_until(2000s);
  CHECK(story(world) == "opened acknowledged worsened");
  CHECK(world.steps().back().incident.acknowledged.has_value());
  world.run_until(2600s);
  REQUIRE(world.count("worsened") == 2);
  const auto& risen = *std::ranges::find_if(world.steps(), [](const auto& step) {
    return step.event.kind == "worsened" && step.incident.severity == "critical";
  });
  CHECK_FALSE(risen.incident.acknowledged.has_value());
  CHECK(risen.incident.acknowledged_by.empty());
  CHECK(world.count("escalated") == 1);
}

TEST_CASE("a reopening takes an acknowledgement back") {
  auto world = world_of(patient_rule(), [](const std::string&, const std::string&, Time time) {
    return (time >= 600s && time < 900s) || time >= 1200s ? bad_gateway : ok;
  });
  world.run_until(700s);
  world.acknowledge(1, {"ann", ""});
  world.run_until(1300s);
  REQUIRE(story(world) == "opened acknowledged resolved reopened");
  CHECK_FALSE(world.steps().back().incident.acknowledged.has_value());
}

TEST_CASE("PagerDuty alone is told of an acknowledgement, where it knows of the incident") {
  auto config = make_config({make_route("a", 10s)}, {make_rule("bad-gateway", "bad_gateway")});
  config->rules[0].notify = {"slack", "pager"};
  config->channels = {{"slack", config::SlackChannel{}},
                      {"pager", config::PagerDutyChannel{}},
                      {"other-pager", config::PagerDutyChannel{}}};
  ProbedWorld world(config, outage(600s, 2000s));
  world.run_until(700s);
  world.acknowledge(1, {"ann", ""});
  CHECK(told_by(world, "acknowledged") == Names{"pager"});
  CHECK(world.told(1).kind == NotificationKind::Acknowledged);
}

TEST_CASE("an escalation tells each further channel once, which then hears everything") {
  auto world = world_of(patient_rule(), outage(600s, 2h));
  world.run_until(600s + 20min);
  REQUIRE(story(world) == "opened escalated");
  CHECK(told_by(world, "escalated") == Names{"boss"});
  const auto opened = world.steps()[0].event.at;
  CHECK(world.steps()[1].event.at - opened >= 15min);
  CHECK(world.steps()[1].event.at - opened < 15min + 2s);
  CHECK(world.steps()[1].event.text ==
        "Open for 15m, and nobody has acknowledged it: boss told too.");
  // The first that a channel hears is an opening, which says why it comes so late.
  CHECK(world.told(1).kind == NotificationKind::Opened);
  CHECK(world.told(1).notes == Names{world.steps()[1].event.text});
  world.run_until(600s + 40min);
  CHECK(told_by(world, "reminder") == Names{"boss", "slack"});
  world.run_until(600s + 70min);
  CHECK(told_by(world, "escalated") == Names{"director"});
  world.run_until(3h);
  CHECK(told_by(world, "resolved") == Names{"boss", "director", "slack"});
  CHECK(world.count("escalated") == 2);
}

TEST_CASE("a reopening begins the escalation anew, and tells nobody too early or of too much") {
  auto world = world_of(patient_rule(), [](const std::string&, const std::string&, Time time) {
    const bool first = time >= 600s && time < 600s + 20min;
    const bool second = time >= 600s + 25min && time < 600s + 35min;
    const bool third = time >= 600s + 40min && time < 600s + 80min;
    return first || second || third ? bad_gateway : ok;
  });
  world.run_until(600s + 37min);
  CHECK(story(world) == "opened escalated resolved reopened resolved");
  CHECK(told_by(world, "reopened") == Names{"slack"});
  CHECK(told_by(world, "resolved") == Names{"slack"});
  world.run_until(600s + 70min);
  CHECK(world.count("escalated") == 2);
  CHECK(told_by(world, "escalated") == Names{"boss"});
  CHECK(world.steps().back().deliveries.size() >= 1);
  world.run_until(3h);
  CHECK(told_by(world, "resolved") == Names{"boss", "slack"});
}

TEST_CASE("restarts and reloads neither repeat nor forget an escalation") {
  auto world = world_of(patient_rule(), outage(600s, 2h));
  world.run_until(600s + 10min);
  world.restart(10s);
  world.run_until(600s + 20min);
  REQUIRE(story(world) == "opened escalated");
  CHECK(world.steps()[1].event.at - world.steps()[0].event.at < 15min + 5s);
  world.restart(10s);
  world.reload(make_config({make_route("a", 10s)}, {patient_rule()}));
  world.run_until(600s + 40min);
  CHECK(story(world) == "opened escalated reminder");
  CHECK(told_by(world, "reminder") == Names{"boss", "slack"});
  // Whoever was told hears of the end, though the rule escalates no more.
  auto without = patient_rule();
  without.escalate.clear();
  world.reload(make_config({make_route("a", 10s)}, {without}));
  world.run_until(3h);
  CHECK(world.count("escalated") == 1);
  CHECK(told_by(world, "resolved") == Names{"boss", "slack"});
}

TEST_CASE("of several rules in one incident the earliest escalation of each channel counts") {
  auto first = patient_rule();
  auto second = make_rule("down", "failing");
  second.rate = 0.5;
  second.window = 3min;
  second.escalate = {{5min, {"director"}}};
  ProbedWorld world(make_config({make_route("a", 10s)}, {first, second}), outage(600s, 2h));
  world.run_until(600s + 10min);
  CHECK(story(world) == "opened escalated");
  CHECK(told_by(world, "escalated") == Names{"director"});
}

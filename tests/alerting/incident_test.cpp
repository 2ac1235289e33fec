#include "alerting/incident.h"

#include <initializer_list>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "alerting/incident_list.h"

using namespace gatewatch;
using namespace gatewatch::alerting;
using namespace std::chrono_literals;

namespace {

const Timestamp start{std::chrono::seconds{1'700'000'000}};

config::Rule rule_named(const std::string& name) {
  config::Rule rule;
  rule.name = name;
  return rule;
}

}  // namespace

TEST_CASE("a rule for certificates alone has a cause of its own") {
  struct Row {
    std::vector<std::string> match;
    Cause cause;
  };
  for (const auto& [match, cause] :
       {Row{{"cert_expiring"}, Cause::Certificate}, Row{{"cert_expiring", "502"}, Cause::Outage},
        Row{{"timeout"}, Cause::Outage}, Row{{"failing"}, Cause::Outage}}) {
    config::Rule rule;
    for (const auto& text : match) REQUIRE_FALSE(rule.match.add(text).has_value());
    CHECK(cause_of(rule) == cause);
  }
}

TEST_CASE("routes join, leave and come back; the incident knows its earliest failure") {
  Incident incident;
  const auto rule = rule_named("down");
  CHECK(join(incident, rule, "a", start + 5s));
  CHECK(join(incident, rule, "b", start));
  CHECK_FALSE(join(incident, rule_named("other"), "a", start + 6s));
  CHECK(incident.since == start);
  CHECK(incident.firing_watches == 3);
  leave(incident, "a", {});
  CHECK(incident.participants.at("a").firing());
  leave(incident, "a", {});
  CHECK_FALSE(incident.participants.at("a").firing());
  CHECK_FALSE(join(incident, rule, "a", start + 9s));
  CHECK(incident.participants.at("a").since == start + 5s);
  CHECK(incident.news.routes == std::vector<std::string>{"a", "b"});
}

TEST_CASE("a rule that joins adds what it asks for") {
  Incident incident;
  auto minor = rule_named("minor");
  minor.severity = config::Severity::Info;
  minor.notify = {"slack"};
  minor.remind = 4h;
  auto major = rule_named("major");
  major.notify = {"oncall", "slack"};
  major.remind = 1h;
  major.reopen = 1h;
  join(incident, minor, "a", start);
  CHECK(incident.severity == config::Severity::Info);
  join(incident, major, "a", start);
  CHECK(incident.severity == config::Severity::Critical);
  CHECK(incident.channels == std::vector<std::string>{"slack", "oncall"});
  CHECK(incident.remind == 1h);
  CHECK(incident.reopen == 1h);
}

TEST_CASE("what is stored is what comes back") {
  Incident incident;
  join(incident, rule_named("down"), "a", start);
  incident.id = 7;
  incident.rule = "down";
  incident.gateway = "https://shop.example.com";
  incident.stage = Stage::Open;
  incident.opened = start + 3s;
  incident.last_event = 2;
  incident.participants.at("a").probes = 4;
  incident.participants.at("a").failures = 3;
  add_region(incident, "a", "eu");
  auto record = to_record(incident);
  const auto back = from_history(
      {.incident = record,
       .events = {{.incident = 7, .sequence = 2, .at = start + 9s, .kind = "worsened", .text = {}}},
       .deliveries = {}});
  CHECK(back.last_told == start + 9s);
  record.routes.front().firing = false;  // who fires is found out anew
  CHECK(to_record(back) == record);
  CHECK(back.key() == "gw-1700000003000-7");
}

TEST_CASE("a rule that fires finds its incident, in the order that is promised") {
  IncidentList list;
  const auto down = rule_named("down");
  const auto other = rule_named("other");
  const auto home = [&](const config::Rule& rule, Cause cause, const std::string& route,
                        const std::string& gateway, Timestamp now) -> Incident& {
    return list.home_of(rule, cause, {route, gateway, {}}, now);
  };
  auto& first = home(down, Cause::Outage, "a", "g", start);
  join(first, down, "a", start);
  CHECK(&home(other, Cause::Outage, "a", "g", start) == &first);  // the route fires there
  CHECK(&home(down, Cause::Outage, "b", "g", start) == &first);   // the rule fires there
  auto& second = home(other, Cause::Outage, "b", "g", start);
  CHECK(&second != &first);
  join(second, other, "b", start);
  CHECK(&home(down, Cause::Outage, "b", "g", start) == &second);  // the route goes first
  CHECK(&home(down, Cause::Certificate, "a", "g", start) != &first);
  CHECK(&home(down, Cause::Outage, "a", "elsewhere", start) != &first);

  leave(first, "a", {});
  first.id = 1;
  first.stage = Stage::Resolved;
  first.resolved = start;
  first.reopen = 10min;
  CHECK(&home(down, Cause::Outage, "c", "g", start + 9min) == &first);
  CHECK(first.stage == Stage::Settling);
  list.sweep(start + 9min, [](Incident&) {});
  CHECK(first.stage == Stage::Resolved);  // nothing fired after all
  CHECK(&home(down, Cause::Outage, "c", "g", start + 10min) != &first);
}

TEST_CASE("gateways of other names at the same address are one for a minute, for the same rule") {
  IncidentList list;
  const auto down = rule_named("down");
  const auto address = *Endpoint::parse("192.0.2.1:443");
  const auto elsewhere = *Endpoint::parse("192.0.2.1:8443");
  const FailingPlace first_place{"a", "https://a:443", {address}};
  auto& first = list.home_of(down, Cause::Outage, first_place, start);
  join(first, down, "a", start);
  list.joined(first, first_place, start);
  const FailingPlace other{"b", "https://b:443", {elsewhere, address}};
  CHECK(&list.home_of(rule_named("other"), Cause::Outage, other, start) != &first);
  CHECK(&list.home_of(down, Cause::Certificate, other, start) != &first);
  CHECK(&list.home_of(down, Cause::Outage, {"c", "https://c:443", {elsewhere}}, start) != &first);
  CHECK(&list.home_of(down, Cause::Outage, {"c", "https://d:443", {}}, start) != &first);
  CHECK(&list.home_of(down, Cause::Outage, {"e", "https://e:443", {address}}, start + 1min) !=
        &first);
  CHECK(first.gateway == "https://a:443");
  REQUIRE(&list.home_of(down, Cause::Outage, other, start + 59s) == &first);
  CHECK(first.gateway == "192.0.2.1:443");
  join(first, down, "b", start + 59s);
  list.joined(first, other, start + 59s);
  // From now on both names are its own, and the minute begins anew.
  CHECK(&list.home_of(down, Cause::Outage, {"f", "https://b:443", {}}, start + 1h) == &first);
  CHECK(&list.home_of(down, Cause::Outage, {"g", "https://g:443", {address}}, start + 110s) ==
        &first);
  first.stage = Stage::Resolved;
  first.id = 1;
  first.resolved = start + 1h;
  list.sweep(start + 3h, [](Incident&) {});
  CHECK(&list.home_of(down, Cause::Outage, {"f", "https://b:443", {address}}, start + 3h) !=
        &first);
}

#include "alerting/notify.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace gatewatch;
using namespace gatewatch::alerting;
using namespace std::chrono_literals;

namespace {

const Timestamp start{std::chrono::seconds{1'700'000'000}};

Incident open_incident() {
  Incident incident;
  incident.id = 1;
  incident.stage = Stage::Open;
  incident.firing_watches = 1;
  incident.channels = {"slack"};
  incident.told = {"slack"};
  incident.last_told = start;
  return incident;
}

}  // namespace

TEST_CASE("an incident opens once it has settled, and reopens where it was open before") {
  Incident incident;
  incident.firing_watches = 1;
  incident.settling_since = start;
  CHECK(why_to_tell(incident, start) == Why::Silence);
  CHECK(why_to_tell(incident, start + settle_time - 1ms) == Why::Silence);
  CHECK(why_to_tell(incident, start + settle_time) == Why::Opened);
  incident.id = 1;
  CHECK(why_to_tell(incident, start + settle_time) == Why::Reopened);
  incident.firing_watches = 0;
  CHECK(why_to_tell(incident, start + 1h) == Why::Silence);
}

TEST_CASE("what has not changed is not told") {
  auto incident = open_incident();
  CHECK(why_to_tell(incident, start + 24h) == Why::Silence);
  incident.stage = Stage::Resolved;
  incident.firing_watches = 0;
  CHECK(why_to_tell(incident, start + 24h) == Why::Silence);
}

TEST_CASE("news of any kind is a worsening, a minute after the last message") {
  auto incident = open_incident();
  SUBCASE("a route") {
    incident.news.routes = {"shop/cart"};
  }
  SUBCASE("a region") {
    incident.news.regions = {"us"};
  }
  SUBCASE("the severity") {
    incident.news.severity_rose = true;
  }
  CHECK(why_to_tell(incident, start + 59s) == Why::Silence);
  CHECK(why_to_tell(incident, start + 60s) == Why::Worsened);
  incident.firing_watches = 0;
  CHECK(why_to_tell(incident, start) == Why::Resolved);
}

TEST_CASE("a further rule is told to channels that do not know, at once, and to nobody else") {
  auto incident = open_incident();
  incident.news.rules = {"down"};
  CHECK(why_to_tell(incident, start + 1h) == Why::Silence);
  incident.channels = {"slack", "oncall"};
  CHECK(why_to_tell(incident, start) == Why::NewChannel);
  incident.news.rules.clear();  // a channel that a reload added waits for the next message
  CHECK(why_to_tell(incident, start + 1h) == Why::Silence);
}

TEST_CASE("a reminder comes when nothing was told for so long") {
  auto incident = open_incident();
  incident.remind = 4h;
  CHECK(why_to_tell(incident, start + 4h - 1s) == Why::Silence);
  CHECK(why_to_tell(incident, start + 4h) == Why::Reminder);
  CHECK(why_to_tell(incident, start - 24h * 365) == Why::Reminder);  // the clock stepped back
}

TEST_CASE("an end by configuration is told apart from a recovery") {
  auto incident = open_incident();
  incident.firing_watches = 0;
  CHECK(why_to_tell(incident, start) == Why::Resolved);
  incident.closed_by = "the route was removed from the configuration";
  CHECK(why_to_tell(incident, start) == Why::NoLongerConfigured);
}

TEST_CASE("what is acknowledged is not reminded of, but gets worse and ends as ever") {
  auto incident = open_incident();
  incident.remind = 1h;
  incident.acknowledged = start;
  CHECK(why_to_tell(incident, start + 2h) == Why::Silence);
  incident.news.routes = {"shop/b"};
  CHECK(why_to_tell(incident, start + 2h) == Why::Worsened);
  incident.firing_watches = 0;
  CHECK(why_to_tell(incident, start + 2h) == Why::Resolved);
}

TEST_CASE("an escalation is due once for each channel, while nobody has acknowledged") {
  auto incident = open_incident();
  incident.open_since = start;
  incident.escalations = {{"boss", 15min}, {"director", 1h}, {"slack", 5min}};
  CHECK(why_to_tell(incident, start + 15min - 1s) == Why::Silence);
  CHECK(why_to_tell(incident, start + 15min) == Why::Escalated);
  CHECK(due_escalations(incident, start + 15min) == std::vector<std::string>{"boss"});
  incident.told.insert("boss");
  CHECK(why_to_tell(incident, start + 16min) == Why::Silence);
  CHECK(due_escalations(incident, start + 2h) == std::vector<std::string>{"director"});
  incident.acknowledged = start + 20min;
  CHECK(due_escalations(incident, start + 2h).empty());
}

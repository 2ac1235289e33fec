#include "alerting/history_loss.h"

#include <doctest/doctest.h>

#include "alerting/delivery/message.h"
#include "alerting/incident_desk.h"
#include "alerting/notification.h"
#include "tests/fakes/sample_results.h"

using namespace gatewatch;
using namespace gatewatch::alerting;
using namespace std::chrono_literals;

namespace {

std::shared_ptr<const config::Config> two_rules() {
  auto config = std::make_shared<config::Config>();
  config->rules.resize(2);
  config->rules[0].notify = {"ops", "mail"};
  config->rules[1].notify = {"mail", "pager"};
  config->rules[1].remind = 10min;
  return config;
}

const storage::LostHistory damaged{.file = "/var/lib/gatewatch/gatewatch.db.damaged-1",
                                   .damage = "the database is damaged: page 7",
                                   .at = tests::sample_time(),
                                   .incidents = 3,
                                   .all_incidents = true};

Notification told(const storage::IncidentStep& step) {
  REQUIRE(!step.deliveries.empty());
  auto notification = notification_from_json(step.deliveries.back().notification);
  REQUIRE(notification.has_value());
  return std::move(*notification);
}

}  // namespace

TEST_CASE("everybody whom a rule names is told of a lost history, at once") {
  IncidentDesk desk(two_rules(), {.link_prefix = "http://here:9502", .last_incident = 7});
  const auto steps = desk.begin_anew(damaged, tests::sample_time(1));
  REQUIRE(steps.size() == 1);
  const auto& step = steps[0];
  CHECK(step.incident.id == 8);
  CHECK(step.incident.rule == "history-lost");
  CHECK(step.incident.severity == "critical");
  CHECK(step.incident.state == storage::IncidentState::Open);
  CHECK(step.event.sequence == 1);
  REQUIRE(step.deliveries.size() == 3);
  CHECK(step.deliveries[2].channel == "pager");
  const auto notification = told(step);
  CHECK(notification.headline() == "History of gatewatch lost");
  CHECK(notification.kind == NotificationKind::Opened);
  CHECK(notification.share() == "the database was damaged, and a new one was begun");
  CHECK(notification.diagnosis.find("gatewatch.db.damaged-1") != std::string::npos);
  CHECK(notification.diagnosis.find("all incidents (3) were read") != std::string::npos);
  CHECK(notification.evidence == std::vector{damaged.damage});
  CHECK(notification.fixer == "whoever runs gatewatch and its disk");
  CHECK(notification.link == "http://here:9502/incidents/8");
  for (const auto& fact : make_message(notification).facts) CHECK(fact.label != "Failed");
}

TEST_CASE("an hour later it is over for everybody who was told, also after a restart") {
  for (const bool restarts : {false, true}) {
    CAPTURE(restarts);
    auto desk = std::make_unique<IncidentDesk>(two_rules(), DeskSettings{});
    const auto opened = desk->begin_anew(damaged, tests::sample_time()).at(0);
    CHECK(desk->tick(tests::sample_time(1'800)).empty());
    if (restarts) {
      desk = std::make_unique<IncidentDesk>(two_rules(), DeskSettings{});
      desk->restore({{opened.incident, {opened.event}, opened.deliveries}});
    }
    CHECK(desk->tick(tests::sample_time(3'599)).empty());
    CHECK(desk->open_incidents(config::Severity::Critical) == 1);
    const auto steps = desk->tick(tests::sample_time(3'600));
    REQUIRE(steps.size() == 1);
    CHECK(steps[0].incident.id == opened.incident.id);
    CHECK(steps[0].incident.state == storage::IncidentState::Resolved);
    CHECK(steps[0].deliveries.size() == 3);
    const auto notification = told(steps[0]);
    CHECK(notification.kind == NotificationKind::Resolved);
    CHECK(notification.incident_key == told(opened).incident_key);
    CHECK(notification.reason == "what was lost stays lost");
    CHECK(notification.fixer == "whoever runs gatewatch and its disk");
    CHECK(desk->tick(tests::sample_time(7'200)).empty());
  }
}

TEST_CASE("a database that is gone is lost too") {
  IncidentDesk desk(two_rules(), {});
  const auto steps = desk.begin_anew({.damage = "it was moved"}, tests::sample_time());
  CHECK(told(steps.at(0)).share() == "the database was moved or deleted while it was used");
}

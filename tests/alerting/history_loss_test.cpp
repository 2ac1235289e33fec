#include "alerting/history_loss.h"

#include <doctest/doctest.h>

#include "alerting/notification.h"
#include "tests/fakes/sample_results.h"

using namespace gatewatch;
using namespace gatewatch::alerting;

TEST_CASE(
    "everybody whom a rule names is told of a lost history, once, by an incident that is over") {
  config::Config config;
  config.rules.resize(2);
  config.rules[0].notify = {"ops", "mail"};
  config.rules[1].notify = {"mail", "pager"};
  const storage::LostHistory lost{.file = "/var/lib/gatewatch/gatewatch.db.damaged-1",
                                  .damage = "the database is damaged: page 7",
                                  .at = tests::sample_time(),
                                  .incidents = 3,
                                  .all_incidents = true};
  const auto step = loss_step(lost, config, 8, "http://here:9502", tests::sample_time(1));
  CHECK(step.incident.id == 8);
  CHECK(step.incident.state == storage::IncidentState::Resolved);
  CHECK(step.incident.resolved == tests::sample_time(1));
  CHECK(step.event.sequence == 1);
  REQUIRE(step.deliveries.size() == 3);
  CHECK(step.deliveries[2].channel == "pager");
  const auto notification = notification_from_json(step.deliveries[0].notification);
  REQUIRE(notification.has_value());
  CHECK(notification->headline() == "History of gatewatch lost");
  CHECK(notification->kind == NotificationKind::Opened);
  CHECK(notification->diagnosis.find("gatewatch.db.damaged-1") != std::string::npos);
  CHECK(notification->diagnosis.find("all incidents (3) were read") != std::string::npos);
  CHECK(notification->evidence == std::vector{lost.damage});
  CHECK(notification->link == "http://here:9502/incidents/8");
}

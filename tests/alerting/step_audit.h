// Watches the steps of a desk for what must hold of every history: sequences without gaps, ends
// only after beginnings, no channel told of an end whose beginning it never heard of.

#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "alerting/notification.h"
#include "storage/records.h"

namespace gatewatch::tests {

class StepAudit {
 public:
  void check(const storage::IncidentStep& step) {
    const auto& [incident, event, deliveries] = step;
    CAPTURE(event.text);
    auto& history = histories_[incident.id];
    if (history.last == 0) {
      CHECK(incident.id == ++last_incident_);
      CHECK(event.kind == "opened");
    }
    CHECK(event.sequence == ++history.last);
    CHECK(event.incident == incident.id);
    CHECK(incident.last_event == event.sequence);
    CHECK_FALSE(event.text.empty());
    check_transition(history, event.kind);
    CHECK((incident.state == storage::IncidentState::Open) == history.open);
    CHECK(incident.resolved.has_value() != history.open);
    check_routes(incident);
    for (const auto& delivery : deliveries) check_delivery(history, step, delivery);
  }

  [[nodiscard]] std::int64_t incidents() const { return last_incident_; }

 private:
  struct History {
    std::int64_t last = 0;
    bool open = false;
    std::set<std::string> told;
  };

  static void check_transition(History& history, const std::string& kind) {
    const bool begins = kind == "opened" || kind == "reopened";
    CHECK((kind == "opened") == (history.last == 1));
    CHECK(history.open != begins);
    history.open = kind != "resolved";
  }

  static void check_routes(const storage::IncidentRecord& incident) {
    bool firing = false;
    for (const auto& route : incident.routes) {
      CHECK(route.failures <= route.probes);
      CHECK(route.since >= incident.since);
      CHECK_FALSE(route.regions.empty());
      firing = firing || route.firing;
    }
    CHECK(firing == (incident.state == storage::IncidentState::Open));
  }

  void check_delivery(History& history, const storage::IncidentStep& step,
                      const storage::DeliveryRecord& delivery) {
    CHECK(keys_.insert(delivery.key).second);
    CHECK(delivery.incident == step.incident.id);
    CHECK(delivery.sequence == step.event.sequence);
    CHECK(delivery.next_attempt == step.event.at);
    const auto notification = alerting::notification_from_json(delivery.notification);
    REQUIRE(notification.has_value());
    CHECK(notification->sequence == step.event.sequence);
    const bool first = history.told.insert(delivery.channel).second;
    CHECK(first == (notification->kind == alerting::NotificationKind::Opened));
  }

  std::map<std::int64_t, History> histories_;
  std::set<std::string> keys_;
  std::int64_t last_incident_ = 0;
};

}  // namespace gatewatch::tests

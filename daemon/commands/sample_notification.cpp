#include "daemon/commands/sample_notification.h"

#include <chrono>

#include <fmt/format.h>

namespace gatewatch::daemon {

SampleNotifications sample_notifications(const std::string& region, const std::string& link,
                                         Timestamp now) {
  const auto stamp = std::chrono::floor<std::chrono::milliseconds>(now).time_since_epoch().count();
  alerting::Notification opening;
  opening.kind = alerting::NotificationKind::Opened;
  opening.sequence = 1;
  opening.incident_key = fmt::format("gw-test-{}", stamp);
  opening.rule = "test-alert";
  opening.severity = config::Severity::Info;
  opening.what = "Test alert: nothing is wrong";
  opening.gateway = "https://gatewatch.example:443";
  opening.routes = {{"gatewatch/test", "https://gatewatch.example/test", "", true}};
  opening.since = now;
  opening.at = now;
  opening.probes = 3;
  opening.failures = 3;
  opening.regions_failing = {region};
  opening.evidence = {"an example; evidence of a real alert quotes what the gateway answered"};
  opening.diagnosis = "none: somebody ran gatewatch test-alert";
  opening.fixer = "nobody has to";
  opening.link = link;
  auto resolution = opening;
  resolution.kind = alerting::NotificationKind::Resolved;
  resolution.sequence = 2;
  resolution.resolved = now;
  resolution.routes[0].firing = false;
  resolution.regions_clean = {region};
  resolution.regions_failing.clear();
  return {opening, resolution};
}

}  // namespace gatewatch::daemon

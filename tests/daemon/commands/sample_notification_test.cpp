#include "daemon/commands/sample_notification.h"

#include <doctest/doctest.h>

#include "alerting/delivery/message.h"

using namespace gatewatch;
using namespace gatewatch::daemon;

TEST_CASE("a sample says that it is one, and its resolution closes what it opened") {
  const Timestamp now{std::chrono::milliseconds(1'795'168'806'123)};
  const auto [opening, resolution] = sample_notifications("eu", "https://gw.example.com", now);
  CHECK(alerting::make_message(opening).title == "Test alert: nothing is wrong on gatewatch/test");
  CHECK(opening.severity == config::Severity::Info);
  CHECK(opening.incident_key == "gw-test-1795168806123");
  CHECK(resolution.incident_key == opening.incident_key);
  CHECK(alerting::is_recovery(resolution));
  CHECK(resolution.sequence == opening.sequence + 1);
}

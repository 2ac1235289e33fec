// The notifications that `gatewatch test-alert` sends: an opening and its resolution, which say
// that they are a test. The incident's key is of this test alone, so that a service which keeps
// incidents opens one of its own and closes it again.

#pragma once

#include "alerting/notification.h"

namespace gatewatch::daemon {

struct SampleNotifications {
  alerting::Notification opening;
  alerting::Notification resolution;
};

// `region`: of the daemon. `link`: its web server; empty: none.
[[nodiscard]] SampleNotifications sample_notifications(const std::string& region,
                                                       const std::string& link, Timestamp now);

}  // namespace gatewatch::daemon

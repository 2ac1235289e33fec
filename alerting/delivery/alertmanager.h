// Prometheus' Alertmanager, POST /api/v2/alerts: the alerts of alertmanager_alert.h. One that fires
// has no endsAt: Alertmanager takes it for resolved once its resolve_timeout has passed without
// hearing of it again, and forgets it when it restarts. So what fires is told again and again
// (repeat_of() in channel.h), and the end is told with its endsAt.

#pragma once

#include <string>

#include "alerting/delivery/request.h"
#include "alerting/notification.h"
#include "config/channel.h"

namespace gatewatch::alerting {

[[nodiscard]] HttpRequest render_alertmanager(const config::AlertmanagerChannel& alertmanager,
                                              const Notification& notification,
                                              const std::string& key);

}  // namespace gatewatch::alerting

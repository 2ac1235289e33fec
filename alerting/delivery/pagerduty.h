// PagerDuty, Events API v2: trigger and resolve, paired by dedup_key, the name of the incident. An
// event whose key is open already adds to its log. Limits: summary 1024, an event 512 000 bytes.

#pragma once

#include <string>

#include "alerting/delivery/request.h"
#include "alerting/notification.h"
#include "config/channel.h"

namespace gatewatch::alerting {

[[nodiscard]] HttpRequest render_pagerduty(const config::PagerDutyChannel& pagerduty,
                                           const Notification& notification,
                                           const std::string& key);

}  // namespace gatewatch::alerting

// Opsgenie, Alert API v2: create and close, paired by alias, the name of the incident; an alert
// whose alias is open already gets a note and a higher count. Limits: message 130, source and user
// 100, entity 512, description 15 000 characters. Opsgenie shows some HTML in it, so data has none.
// (Its interface ends on 2027-04-05.)

#pragma once

#include <string>

#include "alerting/delivery/request.h"
#include "alerting/notification.h"
#include "config/channel.h"

namespace gatewatch::alerting {

[[nodiscard]] HttpRequest render_opsgenie(const config::OpsgenieChannel& opsgenie,
                                          const Notification& notification, const std::string& key);

}  // namespace gatewatch::alerting

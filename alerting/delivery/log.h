// The log channel: one line of logfmt (key=value, values quoted where needed) for the daemon's
// log. Control bytes and quotes of data are escaped, so that one notification is one line.

#pragma once

#include <string>

#include "alerting/delivery/request.h"
#include "alerting/notification.h"

namespace gatewatch::alerting {

[[nodiscard]] LogRequest render_log(const Notification& notification, const std::string& key);

}  // namespace gatewatch::alerting

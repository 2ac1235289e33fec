// The log channel: one line of the daemon's log, a field for each thing that it says. Values are
// clean and bounded; the log quotes them.

#pragma once

#include <string>

#include "alerting/delivery/request.h"
#include "alerting/notification.h"

namespace gatewatch::alerting {

[[nodiscard]] LogRequest render_log(const Notification& notification, const std::string& key);

}  // namespace gatewatch::alerting

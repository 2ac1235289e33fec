// The log channel: one line of the daemon's log, a field for each thing that it says. Values are
// clean and bounded; the log quotes them.

#pragma once

#include <memory>

#include "alerting/delivery/channel.h"

namespace gatewatch::alerting {

[[nodiscard]] std::unique_ptr<Channel> make_log_channel();

}  // namespace gatewatch::alerting

// The log channel: one line of logfmt (key=value, values quoted where needed) for the daemon's
// log. Control bytes and quotes of data are escaped, so that one notification is one line.

#pragma once

#include <memory>

#include "alerting/delivery/channel.h"

namespace gatewatch::alerting {

[[nodiscard]] std::unique_ptr<Channel> make_log_channel();

}  // namespace gatewatch::alerting

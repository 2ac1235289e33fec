// ntfy, published as JSON: plain text, at most 4096 bytes, of which a longer message would become
// an attachment. No Markdown; at most three actions, each a link.

#pragma once

#include <string>

#include "alerting/delivery/request.h"
#include "alerting/notification.h"
#include "config/channel.h"

namespace gatewatch::alerting {

[[nodiscard]] HttpRequest render_ntfy(const config::NtfyChannel& ntfy,
                                      const Notification& notification, const std::string& key);

}  // namespace gatewatch::alerting

// Microsoft Teams by a workflow ("When a Teams webhook request is received"): an Adaptive Card 1.4,
// which is the newest version that Teams shows everywhere; a message may have about 28 KB. Data
// stands in text runs alone, in which, unlike in text blocks, Teams looks for no Markdown.

#pragma once

#include <string>

#include "alerting/delivery/request.h"
#include "alerting/notification.h"
#include "config/channel.h"

namespace gatewatch::alerting {

[[nodiscard]] HttpRequest render_teams(const config::TeamsChannel& teams,
                                       const Notification& notification, const std::string& key);

}  // namespace gatewatch::alerting

// Discord webhooks: one embed whose description holds the lines. Limits of Discord: title 256,
// description 4096, footer 2048, 6000 characters over all of them. Every mark of Markdown in data
// is escaped, and allowed_mentions lets nobody be mentioned; links are only to http(s).

#pragma once

#include <string>

#include "alerting/delivery/request.h"
#include "alerting/notification.h"
#include "config/channel.h"

namespace gatewatch::alerting {

[[nodiscard]] HttpRequest render_discord(const config::DiscordChannel& discord,
                                         const Notification& notification, const std::string& key);

}  // namespace gatewatch::alerting

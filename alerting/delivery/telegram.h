// Telegram's Bot API, sendMessage in HTML. A message may have 4096 characters, entities and tags
// not counted. Links stand in the text and not on buttons: a button with an address that Telegram
// does not like (a name without a dot) refuses the whole message.

#pragma once

#include <string>

#include "alerting/delivery/request.h"
#include "alerting/notification.h"
#include "config/channel.h"

namespace gatewatch::alerting {

[[nodiscard]] HttpRequest render_telegram(const config::TelegramChannel& telegram,
                                          const Notification& notification, const std::string& key);

}  // namespace gatewatch::alerting

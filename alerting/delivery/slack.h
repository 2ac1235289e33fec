// Slack incoming webhooks: Block Kit with a fallback text. Limits of Slack: header 150, section
// 3000 characters, 50 blocks. Data is escaped (&, <, >), so that it can neither link nor mention
// anybody; links are buttons, and only to http(s).

#pragma once

#include <string>
#include <string_view>

#include "alerting/delivery/request.h"
#include "alerting/notification.h"
#include "config/channel.h"

namespace gatewatch::alerting {

[[nodiscard]] HttpRequest render_slack(const config::SlackChannel& slack,
                                       const Notification& notification, const std::string& key);

// `text`, which is one clean line, for a mrkdwn object: escaped, its formatting marks replaced by
// look-alikes, at most `limit` UTF-16 units after escaping; a cut shows as an ellipsis.
[[nodiscard]] std::string slack_text(std::string_view text, std::size_t limit);
// The same as a code span, in which all but the backtick stays as it is and can be copied.
[[nodiscard]] std::string slack_code(std::string_view text, std::size_t limit);

}  // namespace gatewatch::alerting

// The two bodies of a mail: plain text, and HTML with inline styles that reads well on a phone and
// in light and dark (it sets no background of its own but the badge's). LF line ends.

#pragma once

#include <string>

#include "alerting/delivery/message.h"

namespace gatewatch::alerting {

[[nodiscard]] std::string email_text(const Message& message);
[[nodiscard]] std::string email_html(const Message& message, const Notification& notification);

}  // namespace gatewatch::alerting

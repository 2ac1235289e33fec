// Mail: one RFC 5322 message with a text and an HTML part, saying the same in the same order.
// Mails of one incident are one thread: the opening's Message-ID is made of the incident's key and
// the channel, and every later mail refers to it. The Message-ID is the same on every attempt.

#pragma once

#include <string>

#include "alerting/delivery/request.h"
#include "alerting/notification.h"
#include "config/channel.h"

namespace gatewatch::alerting {

// `name`: of the channel. Receivers that are no address are left out; a sender that is none
// leaves MailRequest::from empty, which the sender refuses for good.
[[nodiscard]] MailRequest render_email(const std::string& name,
                                       const config::EmailChannel& settings,
                                       const Notification& notification, const std::string& key);

}  // namespace gatewatch::alerting

// WhatsApp's Cloud API: a template message, which alone may be sent unasked. The template, which
// the operator has made and Meta has approved, has three positional parameters in its body:
//
//   {{1}} the title, {{2}} since when and how many probes failed, {{3}} the link or the incident
//
// A body has at most 1024 characters with them, and a parameter no line end.

#pragma once

#include <string>

#include "alerting/delivery/request.h"
#include "alerting/notification.h"
#include "config/channel.h"

namespace gatewatch::alerting {

[[nodiscard]] HttpRequest render_whatsapp(const config::WhatsAppChannel& whatsapp,
                                          const Notification& notification, const std::string& key);

}  // namespace gatewatch::alerting

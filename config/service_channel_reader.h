// Reads a [[channel]] of a service that has one interface for all its users, and tells them apart
// by a key.

#pragma once

#include "config/channel.h"
#include "config/section.h"

namespace gatewatch::config {

[[nodiscard]] PagerDutyChannel read_pagerduty_channel(Section& section);
[[nodiscard]] OpsgenieChannel read_opsgenie_channel(Section& section);
[[nodiscard]] TelegramChannel read_telegram_channel(Section& section);
[[nodiscard]] NtfyChannel read_ntfy_channel(Section& section);
[[nodiscard]] WhatsAppChannel read_whatsapp_channel(Section& section);
[[nodiscard]] AlertmanagerChannel read_alertmanager_channel(Section& section);

}  // namespace gatewatch::config

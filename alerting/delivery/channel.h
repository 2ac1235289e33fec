// A channel RENDERS a notification into a request: pure, no I/O. One file a kind; channels.cpp is
// the list.

#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "alerting/delivery/request.h"
#include "alerting/notification.h"
#include "config/channel.h"

namespace gatewatch::alerting {

// `key`: the delivery's stable idempotency key, carried in the request.
[[nodiscard]] Request render(const config::Channel& channel, const Notification& notification,
                             const std::string& key);

// The time between two messages that its receiver wants to be left, short bursts apart.
[[nodiscard]] std::chrono::milliseconds pace_of(const config::Channel& channel);

// How often its receiver is to be told again of an incident that goes on, because it forgets it
// otherwise; nothing: never.
[[nodiscard]] std::optional<std::chrono::seconds> repeat_of(const config::Channel& channel);

// Whether its receiver keeps who takes care of an incident; the others are not told of that.
[[nodiscard]] bool takes_acknowledgements(const config::Channel& channel);

}  // namespace gatewatch::alerting

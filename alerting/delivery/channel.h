// A channel RENDERS a notification into a request: pure, no I/O. One file a kind; channels.cpp is
// the list.

#pragma once

#include <memory>
#include <string>

#include "alerting/delivery/request.h"
#include "alerting/notification.h"
#include "config/config.h"

namespace gatewatch::alerting {

class Channel {
 public:
  virtual ~Channel() = default;
  // `key`: the delivery's stable idempotency key, carried in the request.
  [[nodiscard]] virtual Request render(const Notification& notification,
                                       const std::string& key) const = 0;
};

[[nodiscard]] std::unique_ptr<Channel> make_channel(const config::Channel& channel);

}  // namespace gatewatch::alerting

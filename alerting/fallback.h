// What a channel does not take goes to another one: how its delivery is told from those that an
// incident asked for.

#pragma once

#include <string>

#include "storage/records.h"

namespace gatewatch::alerting {

// The key of what goes to the channel `fallback` because the delivery `key` failed for good.
[[nodiscard]] inline std::string fallback_key(const std::string& key, const std::string& fallback) {
  return key + "+" + fallback;
}

// Whether it came to its channel in place of another one. The key of every other delivery ends in
// '-' and the name of its channel.
[[nodiscard]] inline bool is_fallback(const storage::DeliveryRecord& delivery) {
  return delivery.key.ends_with("+" + delivery.channel);
}

}  // namespace gatewatch::alerting

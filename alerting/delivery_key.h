// The name of a delivery: the same on every attempt, after a restart too, and in no other delivery.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace gatewatch::alerting {

[[nodiscard]] inline std::string delivery_key(std::string_view incident_key, std::int64_t sequence,
                                              std::string_view channel) {
  return fmt::format("{}-{}-{}", incident_key, sequence, channel);
}

}  // namespace gatewatch::alerting

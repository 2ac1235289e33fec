// What is known of a route before a result in question: a value.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "config/ip_address.h"

namespace gatewatch::daemon {

struct RouteView {
  static constexpr std::chrono::seconds quick{1};

  enum class Standing : std::uint8_t { Unknown, Well, Failing };
  Standing standing = Standing::Unknown;
  std::optional<IpAddress> address;  // of its newest result
  bool is_quick = true;              // its probes take at most `quick` in the mean
};

}  // namespace gatewatch::daemon

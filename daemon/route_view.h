// What is known of a route before a result in question: a value.

#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "config/ip_address.h"

namespace gatewatch::daemon {

struct RouteView {
  static constexpr std::chrono::seconds quick{1};

  enum class Standing : std::uint8_t { Unknown, Well, Failing };
  Standing standing = Standing::Unknown;
  // All that are known of it: what its name resolved to last, and the one that was asked last.
  std::vector<IpAddress> addresses;
  bool has_result = false;  // any
  bool is_quick = true;     // its probes take at most `quick` in the mean
};

}  // namespace gatewatch::daemon

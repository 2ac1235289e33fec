// How many regions must agree before a rule fires for a route. Only regions that report count: a
// silent or blind one is unknown, neither for nor against.

#pragma once

#include <cstdint>

#include "config/config.h"

namespace gatewatch::alerting {

enum class QuorumVerdict : std::uint8_t {
  Unknown,  // no region reports
  TooFew,   // not enough of those that report breach
  Reached,
};

[[nodiscard]] QuorumVerdict ask_quorum(config::Quorum quorum, int reporting, int breaching);

}  // namespace gatewatch::alerting

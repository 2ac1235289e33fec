// What one result says about our own way into the network. Pure.

#pragma once

#include <cstdint>

#include "probes/result.h"

namespace gatewatch::daemon {

enum class UplinkEvidence : std::uint8_t {
  None,      // nothing: an answer of a name server, a limit of ours
  Reply,     // a byte or a RST came from the other side: the way is open
  Silence,   // nothing came, or a reset before any byte: the way may be closed, or the host dead
  Contact,   // it was connected and then heard nothing: the way was open when the probe began
  OwnFault,  // it failed on this machine already
};
[[nodiscard]] UplinkEvidence uplink_evidence(const Result& result);

}  // namespace gatewatch::daemon

// The fields by which a request is found in a gateway's logs: a closed table of what load
// balancers, CDNs and frameworks send. Pure.

#pragma once

#include <string_view>
#include <vector>

#include "probes/evidence.h"

namespace gatewatch {

// Those of a response head, redacted before; in the order of the wire, at most 8.
[[nodiscard]] std::vector<RequestId> request_ids(std::string_view head);

}  // namespace gatewatch

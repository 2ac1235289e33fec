// The HTTP probe: one route's exchange as an explicit state machine over the network seam, with
// phases timed, redirects followed, and one deadline over all of it.

#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "config/config.h"
#include "probes/net/network.h"
#include "probes/probe.h"
#include "probes/target.h"
#include "probes/trace_context.h"

namespace gatewatch {

// What every probe of one process shares.
struct ProbeIdentity {
  std::string region;
  std::string user_agent;                  // "gatewatch/0.1.0 (+https://…)"
  TargetPolicy policy;                     // checked on the address of every connection
  RandomSource random = fill_from_system;  // of trace ids
};

// `network` must outlive the probe. `turn`: the how-manieth probe of this route it is; it chooses
// the address with addresses = "rotate".
[[nodiscard]] std::unique_ptr<Probe> make_http_probe(net::Network& network,
                                                     std::shared_ptr<const ProbeIdentity> identity,
                                                     std::shared_ptr<const Target> target,
                                                     ProbeKind kind, std::uint64_t turn);

}  // namespace gatewatch

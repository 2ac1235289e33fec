// The HTTP probe: one route's exchange as an explicit state machine over the network seam, with
// phases timed, redirects followed, and one deadline over all of it.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
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

struct ProbeTurn {
  ProbeKind kind = ProbeKind::Scheduled;
  std::uint64_t number = 0;  // of this route's probes; it chooses the address
  // When its turn began, where other probes of the turn came before: they share one deadline.
  std::optional<Instant> began = {};
  // Told how many addresses the route's name has that may be connected to, not from inside start().
  std::function<void(std::size_t)> on_addresses = {};
};

// `network` must outlive the probe.
[[nodiscard]] std::unique_ptr<Probe> make_http_probe(net::Network& network,
                                                     std::shared_ptr<const ProbeIdentity> identity,
                                                     std::shared_ptr<const Target> target,
                                                     ProbeTurn turn);

}  // namespace gatewatch

// The HTTP probe: one route's exchange as an explicit state machine over the network seam, with
// phases timed, redirects followed, and one deadline over all of it.

#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>

#include "config/config.h"
#include "probes/judge.h"
#include "probes/net/network.h"
#include "probes/net/tls_context.h"
#include "probes/probe.h"

namespace gatewatch {

// What every probe of one process shares.
struct ProbeIdentity {
  std::string region;
  std::string user_agent;  // "gatewatch/0.1.0 (+https://…)"
  TargetPolicy policy;     // checked on the address of every connection
};

// A route made ready to be probed: URL taken apart, TLS context loaded, expectations compiled.
// Immutable; shared by the probes of the route.
struct Target {
  config::Route route;
  std::shared_ptr<const net::TlsContext> tls;  // always set: a redirect may lead to https
  std::shared_ptr<const Judge> judge;

  // Fails where a file of the route's TLS settings cannot be used.
  [[nodiscard]] static std::expected<std::shared_ptr<const Target>, Error> create(
      config::Route route);
};

// `network` and `identity` must outlive the probe. `turn`: the how-manieth probe of this route it
// is; it chooses the address with addresses = "rotate".
[[nodiscard]] std::unique_ptr<Probe> make_http_probe(net::Network& network,
                                                     const ProbeIdentity& identity,
                                                     std::shared_ptr<const Target> target,
                                                     ProbeKind kind, std::uint64_t turn);

}  // namespace gatewatch

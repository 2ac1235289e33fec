// One turn of a route as its `addresses` asks for it: one probe, or with "all" one of each address
// of its name, at the same time. All of them share the lookup and the deadline, and each becomes a
// result of its own.

#pragma once

#include <functional>
#include <memory>

#include "probes/http_probe.h"

namespace gatewatch {

// Of a name with more addresses so many have their turn, and the next ones in the next turn. Each
// holds a connection; whoever limits what is in flight counts turns.
inline constexpr std::size_t most_addresses_at_once = 16;

// `network` must outlive the probe. `also` gets each result but the last one, which ends the turn
// and goes where Probe::start() says; never called from inside start(), it must not destroy the
// probe.
[[nodiscard]] std::unique_ptr<Probe> make_route_probe(net::Network& network,
                                                      std::shared_ptr<const ProbeIdentity> identity,
                                                      std::shared_ptr<const Target> target,
                                                      ProbeKind kind, std::uint64_t turn,
                                                      std::function<void(Result&&)> also);

}  // namespace gatewatch

// In which order the addresses of a name are tried: pure.

#pragma once

#include <cstdint>
#include <vector>

#include "config/config.h"
#include "config/ip_address.h"

namespace gatewatch {

inline constexpr std::size_t most_addresses_tried = 8;

[[nodiscard]] std::vector<IpAddress> permitted_addresses(const std::vector<IpAddress>& resolved,
                                                         const TargetPolicy& policy);

// The chosen address first, then the others, the families in turn (RFC 8305 section 4): if one
// family is broken, the second attempt already uses the other. With All the chosen one alone: each
// address answers for itself. `turn` moves the choice with Rotate and All. `permitted`: not empty.
[[nodiscard]] std::vector<IpAddress> order_addresses(std::vector<IpAddress> permitted,
                                                     config::AddressChoice choice,
                                                     std::uint64_t turn);

}  // namespace gatewatch

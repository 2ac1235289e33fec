// In which order the addresses of a name are tried: pure.

#pragma once

#include <cstdint>
#include <vector>

#include "config/config.h"
#include "config/ip_address.h"

namespace gatewatch {

inline constexpr std::size_t most_addresses_tried = 8;

// The addresses that the policy permits, the chosen one first, then the others, the families in
// turn (RFC 8305 section 4): if one family is broken, the second attempt already uses the other.
// `turn` moves the choice with Rotate and All. Empty where the policy permits none.
[[nodiscard]] std::vector<IpAddress> order_addresses(const std::vector<IpAddress>& resolved,
                                                     const TargetPolicy& policy,
                                                     config::AddressChoice choice,
                                                     std::uint64_t turn);

}  // namespace gatewatch

// The decisions of a resolver: which names are asked at all, what the answers of the two families
// come to, and for how long. Pure.

#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probes/net/ares_channel.h"
#include "probes/net/network.h"

namespace gatewatch::net {

// In lower case, without the final dot; nothing where no name server should see it: longer than
// 253 bytes, a label empty or longer than 63, bytes other than printable ASCII.
[[nodiscard]] std::optional<std::string> canonical_name(std::string_view host);

[[nodiscard]] bool is_localhost(std::string_view canonical) noexcept;  // RFC 6761, section 6.3
[[nodiscard]] bool wants(config::IpPreference preference, IpFamily family) noexcept;

// `addresses` of the wanted family; NoAddress where that leaves none. `name`: for the detail.
[[nodiscard]] Resolution resolution_of(std::vector<IpAddress> addresses,
                                       config::IpPreference preference, const std::string& name);

// What is known once some families have answered; nothing while the rest must be waited for.
// `patient`: whether a family that has addresses waits for the other.
using FamilyAnswers = std::vector<std::optional<AresAnswer>>;
[[nodiscard]] std::optional<Resolution> merge(const FamilyAnswers& answers, bool patient);

// For how long an answer is kept.
[[nodiscard]] std::chrono::seconds cache_time(std::chrono::seconds ttl) noexcept;

}  // namespace gatewatch::net

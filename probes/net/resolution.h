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

// The names to ask for in turn: a canonical name as it is, and under each domain of the list. One
// that was written with a final dot is absolute, and asked for alone.
[[nodiscard]] std::vector<std::string> names_to_ask(const std::string& canonical, bool absolute,
                                                    const SearchList& list);
// Whether a failure of one name leads to the next: what is answered, if not with an address.
[[nodiscard]] bool leads_to_next_name(DnsStatus status) noexcept;
// The failure of them all: one that may pass (SERVFAIL) says more than one that stays.
[[nodiscard]] DnsStatus more_telling(DnsStatus left, DnsStatus right) noexcept;

[[nodiscard]] bool is_localhost(std::string_view canonical) noexcept;  // RFC 6761, section 6.3
[[nodiscard]] bool wants(config::IpPreference preference, IpFamily family) noexcept;

// `addresses` of the wanted family; NoAddress where that leaves none. `name`: for the detail.
[[nodiscard]] Resolution resolution_of(std::vector<IpAddress> addresses,
                                       config::IpPreference preference, const std::string& name);

// What is known once some families have answered; nothing while the rest must be waited for.
// `families`: of the answers. `patient`: whether a family that has addresses, or does not know the
// name, waits for the other: NXDOMAIN holds for all types (RFC 8020), but there are servers that
// say it of AAAA alone (RFC 4074).
using FamilyAnswers = std::vector<std::optional<AresAnswer>>;
[[nodiscard]] std::optional<Resolution> merge(const std::vector<IpFamily>& families,
                                              const FamilyAnswers& answers, bool patient);

// For how long an answer is kept.
[[nodiscard]] std::chrono::seconds cache_time(std::chrono::seconds ttl) noexcept;

}  // namespace gatewatch::net

// Which hosts have something in common that may fail for all of them: a domain, a network. Only
// hosts without can say together that it is us who see nothing. Pure.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/ip_address.h"

namespace gatewatch::daemon {

// "example.com" of "www.shop.example.com", "example.co.uk" of "www.example.co.uk"; all names
// without a dot share one, and an address has none. No list of public suffixes is asked: where it
// would tell two customers of one hoster apart, they count as related, which is the careful side.
[[nodiscard]] std::string domain_of(std::string_view host);

// The /24 of an IPv4 address, the /48 of an IPv6 one.
[[nodiscard]] IpNetwork neighbourhood_of(const IpAddress& address);

struct Site {
  std::string domain;                // empty: the host is an address
  std::optional<IpNetwork> network;  // of the address; nothing: not known

  [[nodiscard]] bool is_related(const Site& other) const;
};

[[nodiscard]] Site site_of(std::string_view host, const std::optional<IpAddress>& address);

// Whether the way to the host stays on this machine, and says nothing of its network.
[[nodiscard]] bool is_own_machine(std::string_view host, const std::optional<IpAddress>& address);

}  // namespace gatewatch::daemon

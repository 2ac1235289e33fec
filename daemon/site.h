// Which hosts have something in common that may fail for all of them: a domain, a network. Only
// hosts without can say together that it is us who see nothing. Pure.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/ip_address.h"

namespace gatewatch::daemon {

// "example.com" of "www.shop.example.com", "example.co.uk" of "www.example.co.uk"; all names
// without a dot share one, and an address has none. No list of public suffixes is asked: where it
// would tell two customers of one hoster apart, they count as related, which is the careful side.
[[nodiscard]] std::string domain_of(std::string_view host);

// The /24 of an IPv4 address, the /48 of an IPv6 one.
[[nodiscard]] IpNetwork neighbourhood_of(const IpAddress& address);

// One host, or several that turned out to be related.
struct Site {
  std::vector<std::string> domains;  // of those that are no addresses
  std::vector<IpNetwork> networks;   // of all addresses; none: not known

  // They share a domain, or any network: one gateway may have several addresses.
  [[nodiscard]] bool is_related(const Site& other) const;
  void absorb(const Site& other);
};

// `addresses`: all that the host is known by.
[[nodiscard]] Site site_of(std::string_view host, const std::vector<IpAddress>& addresses);

// Whether the way to the host stays on this machine, and says nothing of its network.
[[nodiscard]] bool is_own_machine(std::string_view host, const std::vector<IpAddress>& addresses);

}  // namespace gatewatch::daemon

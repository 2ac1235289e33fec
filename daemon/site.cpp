#include "daemon/site.h"

#include <algorithm>
#include <utility>

namespace gatewatch::daemon {
namespace {

constexpr std::size_t shortest_second_level = 4;  // "co", "com", "gov" are no customer's
constexpr std::string_view no_dot = "single labels";

std::string_view after_last_dots(std::string_view host, int dots) {
  auto at = host.size();
  while (dots-- > 0 && at != std::string_view::npos && at > 0) at = host.rfind('.', at - 1);
  return at == std::string_view::npos || at == 0 ? host : host.substr(at + 1);
}

template <typename Value>
bool share_any(const std::vector<Value>& left, const std::vector<Value>& right) {
  return std::ranges::find_first_of(left, right) != left.end();
}

template <typename Value>
void add_once(std::vector<Value>& values, const Value& value) {
  if (std::ranges::find(values, value) == values.end()) values.push_back(value);
}

}  // namespace

std::string domain_of(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  if (IpAddress::parse(host)) return {};
  const auto last = host.rfind('.');
  if (last == std::string_view::npos) return std::string(no_dot);
  const auto two = after_last_dots(host, 2);
  const bool is_country = host.size() - last - 1 == 2;
  const bool is_public = two.find('.') < shortest_second_level;
  return std::string(is_country && is_public ? after_last_dots(host, 3) : two);
}

IpNetwork neighbourhood_of(const IpAddress& address) {
  IpNetwork network{address, address.family == IpFamily::V4 ? 24 : 48};
  network.address.scope = 0;
  const auto kept = static_cast<std::size_t>(network.prefix) / 8;
  for (auto at = kept; at < network.address.bytes.size(); ++at) network.address.bytes[at] = 0;
  return network;
}

bool Site::is_related(const Site& other) const {
  return share_any(domains, other.domains) || share_any(networks, other.networks);
}

void Site::absorb(const Site& other) {
  for (const auto& domain : other.domains) add_once(domains, domain);
  for (const auto& network : other.networks) add_once(networks, network);
}

Site site_of(std::string_view host, const std::vector<IpAddress>& addresses) {
  Site site;
  if (auto domain = domain_of(host); !domain.empty()) site.domains.push_back(std::move(domain));
  for (const auto& address : addresses) add_once(site.networks, neighbourhood_of(address));
  if (const auto literal = IpAddress::parse(host)) {
    add_once(site.networks, neighbourhood_of(*literal));
  }
  return site;
}

bool is_own_machine(std::string_view host, const std::vector<IpAddress>& addresses) {
  if (std::ranges::any_of(addresses, &IpAddress::is_loopback)) return true;
  if (const auto literal = IpAddress::parse(host)) return literal->is_loopback();
  if (host.ends_with('.')) host.remove_suffix(1);
  return host == "localhost" || host.ends_with(".localhost");
}

}  // namespace gatewatch::daemon

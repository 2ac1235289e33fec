#include "probes/address_choice.h"

#include <algorithm>
#include <iterator>

namespace gatewatch {

std::vector<IpAddress> permitted_addresses(const std::vector<IpAddress>& resolved,
                                           const TargetPolicy& policy) {
  std::vector<IpAddress> permitted;
  std::ranges::copy_if(resolved, std::back_inserter(permitted),
                       [&policy](const IpAddress& address) { return policy.permits(address); });
  return permitted;
}

std::vector<IpAddress> order_addresses(std::vector<IpAddress> permitted,
                                       config::AddressChoice choice, std::uint64_t turn) {
  if (choice != config::AddressChoice::First) {
    std::ranges::sort(permitted);  // name servers shuffle: each address gets its turn all the same
    const auto chosen = static_cast<std::ptrdiff_t>(turn % permitted.size());
    std::ranges::rotate(permitted, permitted.begin() + chosen);
  }
  if (choice == config::AddressChoice::All) return {permitted.front()};
  const auto first_family = permitted.front().family;
  std::vector<IpAddress> order;
  std::vector<IpAddress> others;
  for (const auto& address : permitted) {
    (address.family == first_family ? order : others).push_back(address);
  }
  for (std::size_t index = 0; index < others.size(); ++index) {
    const auto place = std::min(2 * index + 1, order.size());
    order.insert(order.begin() + static_cast<std::ptrdiff_t>(place), others[index]);
  }
  if (order.size() > most_addresses_tried) order.resize(most_addresses_tried);
  return order;
}

}  // namespace gatewatch

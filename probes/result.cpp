#include "probes/result.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace gatewatch {

std::string_view probe_kind_name(ProbeKind kind) noexcept {
  constexpr std::array<std::string_view, 3> names = {"scheduled", "confirmation", "manual"};
  return names[static_cast<std::size_t>(kind)];
}

std::chrono::microseconds Timings::total() const {
  return std::accumulate(phases.begin(), phases.end(), std::chrono::microseconds{0});
}

ResolvedAddresses::ResolvedAddresses(std::vector<IpAddress> addresses) {
  std::ranges::sort(addresses);
  addresses.erase(std::ranges::unique(addresses).begin(), addresses.end());
  addresses.resize(std::min(addresses.size(), limit));
  if (!addresses.empty()) {
    list_ = std::make_shared<const std::vector<IpAddress>>(std::move(addresses));
  }
}

const std::vector<IpAddress>& ResolvedAddresses::list() const {
  static const std::vector<IpAddress> none;
  return list_ == nullptr ? none : *list_;
}

}  // namespace gatewatch

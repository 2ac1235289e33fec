#include "probes/result.h"

#include <array>
#include <numeric>

namespace gatewatch {

std::string_view probe_kind_name(ProbeKind kind) noexcept {
  constexpr std::array<std::string_view, 3> names = {"scheduled", "confirmation", "manual"};
  return names[static_cast<std::size_t>(kind)];
}

std::chrono::microseconds Timings::total() const {
  return std::accumulate(phases.begin(), phases.end(), std::chrono::microseconds{0});
}

}  // namespace gatewatch

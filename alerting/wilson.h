// The lower bound of the Wilson score interval (Wilson 1927): how large the true share is at
// least, given so many matches among so many samples.

#pragma once

#include <cstdint>

namespace gatewatch::alerting {

// The z with P(Z <= z) = `probability` for a standard normal Z; `probability` within [0.5, 1).
// Found by bisecting std::erfc, to the last bits of a double.
[[nodiscard]] double normal_quantile(double probability);

// One-sided at the confidence whose quantile is `z`. z = 0 gives the plain share, no samples 0.
[[nodiscard]] double wilson_lower_bound(std::uint64_t matches, std::uint64_t samples, double z);

}  // namespace gatewatch::alerting

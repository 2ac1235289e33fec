#include "alerting/wilson.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace gatewatch::alerting {

double normal_quantile(double probability) {
  const double tail = 1 - probability;
  double low = 0;
  double high = 40;  // beyond it the tail is smaller than any double
  for (int step = 0; step < 100; ++step) {
    const double middle = (low + high) / 2;
    const double tail_there = std::erfc(middle / std::numbers::sqrt2) / 2;
    (tail_there > tail ? low : high) = middle;
  }
  return high;
}

double wilson_lower_bound(std::uint64_t matches, std::uint64_t samples, double z) {
  if (samples == 0) return 0;
  const auto count = static_cast<double>(samples);
  const double share = static_cast<double>(matches) / count;
  const double square = z * z;
  const double center = share + square / (2 * count);
  const double margin = z * std::sqrt(share * (1 - share) / count + square / (4 * count * count));
  return std::max(0.0, (center - margin) / (1 + square / count));
}

}  // namespace gatewatch::alerting

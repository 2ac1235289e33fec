// A histogram of durations with the bounds that all of ours share: 5 ms to 10 s, as in most
// Prometheus clients, so that a 502 at once and a gateway's timeout fall apart.

#pragma once

#include <array>
#include <chrono>
#include <cstdint>

namespace gatewatch::daemon {

inline constexpr std::array<double, 10> duration_bounds_seconds = {0.005, 0.01, 0.025, 0.05, 0.1,
                                                                   0.25,  0.5,  1,     2.5,  10};

// `Count`: wide enough for what it counts. 32 bits are over a century of one route's probes, and
// five days of those of ten thousand routes.
template <typename Count>
struct DurationHistogram {
  std::array<Count, duration_bounds_seconds.size() + 1> counts{};  // per bucket, not cumulative
  std::chrono::microseconds sum{0};

  void add(std::chrono::microseconds duration) {
    std::size_t bucket = 0;
    const double seconds = std::chrono::duration<double>(duration).count();
    while (bucket < duration_bounds_seconds.size() && seconds > duration_bounds_seconds[bucket]) {
      ++bucket;
    }
    ++counts[bucket];
    sum += duration;
  }
};

}  // namespace gatewatch::daemon

// How often one message may be logged: a burst, then a pace, so that a storm of equal failures
// neither fills the disk nor hides the rest. Pure.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "probes/time.h"

namespace gatewatch::daemon {

// Belongs to one thread. Messages are the program's own constant texts: their number is bounded.
class LogRate {
 public:
  static constexpr double burst = 20;
  static constexpr double per_second = 2;

  struct Verdict {
    bool admitted = true;
    std::uint64_t suppressed = 0;  // of this message since it was last admitted
  };
  [[nodiscard]] Verdict admit(std::string_view message, Instant now);

 private:
  struct Bucket {
    double tokens = burst;
    Instant filled{};
    std::uint64_t suppressed = 0;
  };
  std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace gatewatch::daemon

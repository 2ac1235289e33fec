// Of a storm of equal failures (same route, region, outcome, reason and status), which evidence is
// kept: the first one, one a minute, and the last one so far, which the next one replaces. A storm
// is over when no such failure came for five minutes. Pure.

#pragma once

#include <chrono>

#include "probes/time.h"

namespace gatewatch::storage {

class FailureStorm {
 public:
  static constexpr std::chrono::minutes pace{1};
  static constexpr std::chrono::minutes pause{5};

  // What becomes of a failure's evidence.
  struct Place {
    bool stays = false;     // else the storm's next one replaces it
    bool replaces = false;  // the one before it, which did not stay

    friend bool operator==(const Place&, const Place&) = default;
  };

  FailureStorm() = default;  // before its first failure
  // As it was: when its newest failure came, and the newest one that stays, be it the same or not.
  FailureStorm(Timestamp newest, Timestamp newest_staying, bool newest_stays)
      : has_begun_(true),
        newest_(newest),
        newest_staying_(newest_staying),
        newest_stays_(newest_stays) {}

  // The next one. Its time may lie before the last one's: clocks are set.
  [[nodiscard]] Place add(Timestamp at);

 private:
  bool has_begun_ = false;
  Timestamp newest_{};
  Timestamp newest_staying_{};
  bool newest_stays_ = true;
};

}  // namespace gatewatch::storage

// Whether a result says that a route begins or ceases to fail, which asks for confirmations, so
// that rules have their samples in seconds whatever the interval. Pure.

#pragma once

#include <array>
#include <cstdint>

#include "daemon/route_turn.h"
#include "probes/result.h"

namespace gatewatch::daemon {

// Of one route.
class RouteHealth {
 public:
  // Whether this result asks for confirmations: the first failure of a healthy route does, so does
  // the first of another kind (a 502 after 500s; the first four kinds, until the route is healthy
  // again), and the first success after a failure that others had confirmed. A route is healthy
  // until a scheduled result fails, and again after one that does not. A confirmation asks for
  // none: one that fails says that the outage goes on, also after its first success. Of a turn with
  // several results the last one is asked, and one that failed is enough.
  [[nodiscard]] bool wants_confirmation(const Result& result);

 private:
  enum class State : std::uint8_t { Healthy, FailedOnce, Failing };
  struct Kind {
    Outcome outcome;
    std::int16_t status;
    friend bool operator==(const Kind&, const Kind&) = default;
  };

  [[nodiscard]] bool is_new(const Result& failure);

  State state_ = State::Healthy;
  bool brings_other_ = false;    // the turn under way: a kind that was not seen before
  std::uint8_t kinds_seen_ = 0;  // since the route was healthy the last time
  std::array<Kind, 4> kinds_{};
  RouteTurn turn_;
};

}  // namespace gatewatch::daemon

// A result as of a gateway that answers 502 after 30 ms.

#pragma once

#include <chrono>

#include "probes/result.h"

namespace gatewatch::tests {

inline Result bad_gateway() {
  using namespace std::chrono_literals;
  Result result;
  result.outcome = Outcome::StatusMismatch;
  result.status = 502;
  result.timings[Phase::Connect] = 2ms;
  result.timings[Phase::Wait] = 30ms;
  return result;
}

}  // namespace gatewatch::tests

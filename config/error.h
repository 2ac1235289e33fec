// A failure of ours, as a value: a file that cannot be opened, a socket that cannot be bound.
// It never describes a probed target: what a target does is data (probes/result.h).

#pragma once

#include <string>

namespace gatewatch {

struct Error {
  // One sentence for the operator: what failed, on what, why. Holds no secret.
  std::string message;

  friend bool operator==(const Error&, const Error&) = default;
};

}  // namespace gatewatch

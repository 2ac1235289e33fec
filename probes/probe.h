// The contract of a probe: one look at one route that becomes exactly one Result.

#pragma once

#include <functional>

#include "probes/result.h"

namespace gatewatch {

// Belongs to one loop thread. `done` is called at most once, never from inside start(), and is
// the last thing the probe does: it may destroy the probe. Destroying a probe cancels it: `done`
// is then never called. By its route's timeout + 250 ms every started probe has called `done`.
class Probe {
 public:
  using Done = std::move_only_function<void(Result&&)>;

  Probe() = default;
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;
  virtual ~Probe() = default;

  virtual void start(Done done) = 0;
};

}  // namespace gatewatch

// What the results of a route's turn come to: with addresses = "all" there are several, and one
// that fails is enough. Pure.

#pragma once

#include "probes/result.h"

namespace gatewatch::daemon {

// Of one route and region, turn after turn.
class RouteTurn {
 public:
  // A result that follows the last one of a turn begins the next turn.
  void add(const Result& result);

  // Whether the last result of the turn has come.
  [[nodiscard]] bool is_over() const { return over_; }
  [[nodiscard]] bool has_failed() const { return failed_; }
  // Whether any result says something about the target; a fault of our own does not.
  [[nodiscard]] bool is_known() const { return known_; }

 private:
  bool over_ = true;
  bool failed_ = false;
  bool known_ = false;
};

}  // namespace gatewatch::daemon

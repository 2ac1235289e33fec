// The routes that cannot be probed for a fault of our own, turn after turn: nothing is known of
// them, and somebody has to hear of that too. Pure.

#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/config.h"
#include "probes/result.h"

namespace gatewatch::daemon {

class OwnFaults {
 public:
  static constexpr int results_to_tell = 3;     // own faults of one route in a row
  static constexpr std::size_t most_asked = 5;  // routes; a fault of all is known without asking

  // One new result, in the order of arrival. Whether to probe the route again at once: with its
  // first own fault.
  [[nodiscard]] bool observe(const Result& result);
  // Which routes are configured: the others are forgotten.
  void set_routes(const std::vector<config::Route>& routes);

  // Those with so many own faults in a row that it is to be told.
  [[nodiscard]] std::size_t unseen_routes() const { return unseen_; }
  // The newest own fault of an unseen route, in a sentence.
  [[nodiscard]] const std::string& detail() const { return detail_; }

 private:
  std::unordered_map<std::string, int> routes_;  // own faults in a row, where there are any
  std::size_t unseen_ = 0;
  std::string detail_;
};

}  // namespace gatewatch::daemon

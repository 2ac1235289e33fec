#include "daemon/own_faults.h"

#include <unordered_set>

namespace gatewatch::daemon {

bool OwnFaults::observe(const Result& result) {
  if (result.kind == ProbeKind::Manual) return false;
  if (result.outcome != Outcome::Vantage) {
    if (routes_.empty()) return false;
    const auto found = routes_.find(result.route);
    if (found == routes_.end()) return false;
    unseen_ -= found->second >= results_to_tell ? 1 : 0;
    routes_.erase(found);
    return false;
  }
  auto& in_a_row = routes_[result.route];
  if (++in_a_row == results_to_tell) ++unseen_;
  if (in_a_row >= results_to_tell) detail_ = result.route + ": " + result.detail;
  return in_a_row == 1 && routes_.size() <= most_asked;
}

void OwnFaults::set_routes(const std::vector<config::Route>& routes) {
  std::unordered_set<std::string> configured;
  for (const auto& route : routes) configured.insert(route.id());
  std::erase_if(routes_, [&](const auto& entry) {
    if (configured.contains(entry.first)) return false;
    unseen_ -= entry.second >= results_to_tell ? 1 : 0;
    return true;
  });
}

}  // namespace gatewatch::daemon

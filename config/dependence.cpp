#include "config/dependence.h"

#include <set>
#include <utility>

namespace gatewatch::config {
namespace {

const std::vector<std::string> none;

}  // namespace

Dependence::Dependence(const std::vector<Route>& routes) {
  std::map<std::string, const std::vector<std::string>*> direct;
  for (const auto& route : routes) {
    if (!route.depends_on.empty()) direct.emplace(route.id(), &route.depends_on);
  }
  for (const auto& [id, nearest] : direct) {
    auto parents = *nearest;
    std::set<std::string> seen(parents.begin(), parents.end());
    for (std::size_t index = 0; index < parents.size(); ++index) {
      const auto more = direct.find(parents[index]);
      if (more == direct.end()) continue;
      for (const auto& parent : *more->second) {
        if (seen.insert(parent).second) parents.push_back(parent);
      }
    }
    for (const auto& parent : parents) dependents_[parent].push_back(id);
    parents_.emplace(id, std::move(parents));
  }
}

const std::vector<std::string>& Dependence::parents(const std::string& route) const {
  const auto found = parents_.find(route);
  return found == parents_.end() ? none : found->second;
}

const std::vector<std::string>& Dependence::dependents(const std::string& route) const {
  const auto found = dependents_.find(route);
  return found == dependents_.end() ? none : found->second;
}

}  // namespace gatewatch::config

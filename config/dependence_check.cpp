#include "config/dependence_check.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "config/nearest_key.h"

namespace gatewatch::config {
namespace {

// Goes from route to route, and notes each circle where it closes.
class CircleSearch {
 public:
  CircleSearch(const Draft& draft, Mistakes& mistakes) : mistakes_(mistakes) {
    for (const auto& route : draft.routes) routes_.emplace(route.route.id(), &route);
  }

  void run() {
    for (const auto& [id, route] : routes_) follow(id);
  }

 private:
  struct Step {
    const RouteDraft* route;
    std::size_t next = 0;  // of its depends_on
  };

  // Depth first, without recursion: a configuration may hold a chain of ten thousand.
  void follow(const std::string& first) {
    if (!seen_.insert(first).second) return;
    path_ = {{routes_.at(first)}};
    while (!path_.empty()) {
      auto& step = path_.back();
      if (step.next == step.route->depends_on.size()) {
        path_.pop_back();
        continue;
      }
      const auto& parent = step.route->depends_on[step.next++];
      const auto found = routes_.find(parent.text);
      if (found == routes_.end()) continue;
      if (closes_circle(parent)) continue;
      if (seen_.insert(parent.text).second) path_.push_back({found->second});
    }
  }

  bool closes_circle(const PlacedText& parent) {
    const auto begins = std::ranges::find_if(
        path_, [&parent](const Step& step) { return step.route->route.id() == parent.text; });
    if (begins == path_.end()) return false;
    if (begins + 1 == path_.end()) {
      mistakes_.add(parent.place, "depends_on: the route depends on itself");
      return true;
    }
    const auto& other = begins->route->depends_on[begins->next - 1];
    mistakes_.add(
        parent.place,
        fmt::format("depends_on: a circle: {} depends on {}, and that by {} on it in turn",
                    path_.back().route->route.id(), parent.text, mistakes_.describe(other.place)));
    return true;
  }

  Mistakes& mistakes_;
  std::map<std::string, const RouteDraft*> routes_;
  std::set<std::string> seen_;
  std::vector<Step> path_;
};

}  // namespace

void check_dependence(const Draft& draft, Mistakes& mistakes) {
  std::vector<std::string> ids;
  for (const auto& route : draft.routes) ids.push_back(route.route.id());
  const std::set<std::string> known(ids.begin(), ids.end());
  for (const auto& route : draft.routes) {
    for (const auto& [id, place] : route.depends_on) {
      if (known.contains(id)) continue;
      mistakes.add(place, fmt::format("depends_on: there is no route \"{}\"{}, for {} at {}", id,
                                      suggestion(id, ids), route.route.id(),
                                      mistakes.describe(route.place)));
    }
  }
  CircleSearch(draft, mistakes).run();
}

}  // namespace gatewatch::config

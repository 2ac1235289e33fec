// Which of what fires something is about: by route, tags, rule and region. Lists are of globs, of
// which one must match; all tags must be equal. What is empty matches everything.

#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace gatewatch::config {

using Tags = std::map<std::string, std::string>;

// Whether any of the globs matches; true where there are none.
[[nodiscard]] bool any_matches(const std::vector<std::string>& globs, std::string_view text);
// Whether globs over ids and wanted tags mean a route.
[[nodiscard]] bool names_route(const std::vector<std::string>& globs, const Tags& wanted,
                               std::string_view id, const Tags& tags);

struct Scope {
  std::vector<std::string> routes{};
  Tags tags{};
  std::vector<std::string> rules{};
  std::vector<std::string> regions{};

  [[nodiscard]] bool empty() const {
    return routes.empty() && tags.empty() && rules.empty() && regions.empty();
  }
  // `id`, `route_tags`: of a route; empty for what concerns none.
  [[nodiscard]] bool covers_route(std::string_view id, const Tags& route_tags) const {
    return names_route(routes, tags, id, route_tags);
  }
  [[nodiscard]] bool covers_rule(std::string_view rule) const;
  // All of them must be covered; where none is known, only a scope without regions covers that.
  [[nodiscard]] bool covers_regions(const std::set<std::string>& failing) const;

  friend bool operator==(const Scope&, const Scope&) = default;
};

}  // namespace gatewatch::config

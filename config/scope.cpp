#include "config/scope.h"

#include <algorithm>

#include "config/glob.h"

namespace gatewatch::config {

bool any_matches(const std::vector<std::string>& globs, std::string_view text) {
  return globs.empty() || std::ranges::any_of(globs, [text](const std::string& glob) {
           return glob_matches(glob, text);
         });
}

bool names_route(const std::vector<std::string>& globs, const Tags& wanted, std::string_view id,
                 const Tags& tags) {
  return any_matches(globs, id) && std::ranges::all_of(wanted, [&tags](const auto& tag) {
           const auto found = tags.find(tag.first);
           return found != tags.end() && found->second == tag.second;
         });
}

bool Scope::covers_rule(std::string_view rule) const {
  return any_matches(rules, rule);
}

bool Scope::covers_regions(const std::set<std::string>& failing) const {
  if (regions.empty()) return true;
  return !failing.empty() && std::ranges::all_of(failing, [this](const std::string& region) {
    return any_matches(regions, region);
  });
}

}  // namespace gatewatch::config

#include "alerting/region_names.h"

#include <algorithm>

namespace gatewatch::alerting {

RegionId RegionNames::id_of(const std::string& name) {
  const auto found = std::ranges::find(names_, name);
  const auto index = found - names_.begin();
  if (found == names_.end()) names_.push_back(name);
  return static_cast<RegionId>(index);
}

const std::string& RegionNames::name_of(RegionId id) const {
  return names_.at(static_cast<std::size_t>(id));
}

}  // namespace gatewatch::alerting

// Names of regions as small numbers: windows know their region by one, and there are many windows.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace gatewatch::alerting {

enum class RegionId : std::uint16_t {};

class RegionNames {
 public:
  // The same for the same name, as long as this lives.
  [[nodiscard]] RegionId id_of(const std::string& name);
  [[nodiscard]] const std::string& name_of(RegionId id) const;

 private:
  std::vector<std::string> names_;  // a handful
};

}  // namespace gatewatch::alerting

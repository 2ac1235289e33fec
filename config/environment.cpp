#include "config/environment.h"

#include <cstdlib>

namespace gatewatch::config {

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* const maybe_value = std::getenv(name.c_str());
    if (maybe_value == nullptr) return std::nullopt;
    return maybe_value;
  };
}

}  // namespace gatewatch::config

// The environment of the process as a value, so that tests need not change the process.

#pragma once

#include <functional>
#include <optional>
#include <string>

namespace gatewatch::config {

// The value of an environment variable, where it is set.
using Environment = std::function<std::optional<std::string>(const std::string&)>;
[[nodiscard]] Environment process_environment();

}  // namespace gatewatch::config

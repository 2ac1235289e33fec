// What is no mistake in a configuration but hardly what the operator expects of it.

#pragma once

#include <string>
#include <vector>

#include "config/config.h"

namespace gatewatch::daemon {

// One sentence each, without a secret.
[[nodiscard]] std::vector<std::string> config_notes(const config::Config& config);

}  // namespace gatewatch::daemon

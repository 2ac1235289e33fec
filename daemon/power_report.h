// What each rule can see of each route, for `gatewatch check`: alerting/power.h in words and as
// JSON.

#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "config/config.h"

namespace gatewatch::daemon {

// One line for a rule and all routes of which it sees the same.
[[nodiscard]] std::vector<std::string> power_lines(const config::Config& config);

// One object for each rule and route: durations in seconds, rates from 0 to 1, null where even a
// total outage may be missed for so long.
[[nodiscard]] nlohmann::ordered_json power_json(const config::Config& config);

}  // namespace gatewatch::daemon

// The routes that `gatewatch probe` is to probe: made of its options, each of which stands for a
// key of gatewatch.toml and is read by the configuration's own reader, or taken from the
// configuration as the daemon would.

#pragma once

#include <expected>
#include <string>
#include <vector>

#include "config/config.h"
#include "daemon/commands/command.h"

namespace gatewatch::daemon {

// Every mistake, one line each; none holds a secret.
using UsageMistakes = std::vector<std::string>;

// The route of one URL, named like it.
[[nodiscard]] std::expected<config::Route, UsageMistakes> route_of_options(
    const std::string& url, const ProbeOptions& options);

// The routes with these ids, in this order.
[[nodiscard]] std::expected<std::vector<config::Route>, UsageMistakes> routes_of_config(
    const config::Config& config, const std::vector<std::string>& ids);

}  // namespace gatewatch::daemon

// What the commands that ask the running daemon have in common.

#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <string>

#include "daemon/commands/command.h"
#include "daemon/commands/daemon_client.h"

namespace gatewatch::daemon {

// Nothing where the configuration is at fault; its mistakes are printed then.
[[nodiscard]] std::optional<DaemonClient> open_client(const DaemonOptions& options);

// Asks, and prints the answer: as JSON where that is wanted, else what `text` makes of it. An error
// is printed after the command's name. The exit code: 0, 1 for an error, 2 for the configuration's.
using Ask = std::function<std::expected<DaemonAnswer, Error>(const DaemonClient&)>;
[[nodiscard]] int show_answer(const std::string& command, const DaemonOptions& options,
                              const Ask& ask,
                              const std::function<std::string(const nlohmann::json&)>& text);

// The login name of who runs the command, that of whoever called sudo; empty where nobody knows.
[[nodiscard]] std::string user_name();

}  // namespace gatewatch::daemon

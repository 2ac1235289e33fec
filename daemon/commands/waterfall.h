// A result as a person reads it on a terminal: the verdict first, then the phases as a waterfall,
// then what the server said. Pure; text of servers is cleaned of control codes.

#pragma once

#include <string>

#include "probes/result.h"

namespace gatewatch::daemon {

// A monitoring plugin's exit code: 0 ok, 1 warning, 2 critical, 3 unknown.
[[nodiscard]] int plugin_exit_code(const Result& result);

// "CRITICAL: https://… 502 Bad Gateway …", with performance data after '|'.
[[nodiscard]] std::string plugin_line(const Result& result);

// Several lines, each ending in LF.
[[nodiscard]] std::string waterfall(const Result& result);

}  // namespace gatewatch::daemon

// Silences and maintenance windows of the API as a person reads them on a terminal. Pure; the
// daemon has cleaned the texts of control codes.

#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace gatewatch::daemon {

// A line each: first those that were made while the daemon runs, with their numbers, then those of
// the configuration, then the windows. What is over only where `all` is wanted.
[[nodiscard]] std::string silence_lines(const nlohmann::json& answer, bool all);

// What became of one that was made.
[[nodiscard]] std::string made_silence_lines(const nlohmann::json& silence);

}  // namespace gatewatch::daemon

// How everything is, as the daemon's API tells it: one screen, one JSON object, one exit code.
// Pure.

#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "probes/time.h"

namespace gatewatch::daemon {

// What was asked, as it was answered.
struct StatusAnswers {
  std::string address;         // of the daemon
  nlohmann::json checks{};     // of /readyz
  nlohmann::json regions{};    //
  nlohmann::json routes{};     //
  nlohmann::json incidents{};  // those that are open
};

// A monitoring plugin's exit code: 2 where an incident is open that is critical, 1 where one is
// that is a warning, or where gatewatch itself has a trouble (a check that is not ok), else 0.
[[nodiscard]] int status_exit_code(const StatusAnswers& answers);
// Several lines, each ending in LF.
[[nodiscard]] std::string status_text(const StatusAnswers& answers, Timestamp now);
[[nodiscard]] nlohmann::json status_json(const StatusAnswers& answers);

}  // namespace gatewatch::daemon

// Incidents of the API as a person reads them on a terminal. Pure; the daemon has cleaned the texts
// of control codes.

#pragma once

#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "probes/time.h"

namespace gatewatch::daemon {

// One line, without its end: "7  critical  open for 12 min  502 Bad Gateway on shop/checkout: …".
[[nodiscard]] std::string incident_summary(const nlohmann::json& incident, Timestamp now);
// A line each, newest first as they come; says so where there is none.
[[nodiscard]] std::string incident_lines(const nlohmann::json& incidents, Timestamp now);

}  // namespace gatewatch::daemon

// What the log says of a step of an incident, and how loudly. Pure.

#pragma once

#include <string_view>

#include "daemon/log.h"
#include "storage/records.h"

namespace gatewatch::daemon {

// critical, warning, info: as error, warning and info.
[[nodiscard]] LogLevel log_level(std::string_view severity);

struct IncidentLine {
  LogLevel level = LogLevel::Info;  // that of the severity, but Info for an end
  LogFields fields;
};
[[nodiscard]] IncidentLine incident_line(const storage::IncidentStep& step);

}  // namespace gatewatch::daemon

// What `gatewatch demo` prints: a line for each result, and the incident's steps so that nobody
// misses them. Text of servers is cleaned.

#pragma once

#include <string>

#include "probes/result.h"
#include "storage/records.h"

namespace gatewatch::daemon {

[[nodiscard]] std::string demo_line(const Result& result);
[[nodiscard]] std::string demo_line(const storage::IncidentStep& step);

}  // namespace gatewatch::daemon

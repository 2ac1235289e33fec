// A Result as JSON: the API, reports and `--json` show it in this form alone. Text that came from
// a server is cleaned here (probes/text.h), so that dump() cannot fail.

#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "probes/result.h"
#include "probes/text.h"

namespace gatewatch {

[[nodiscard]] nlohmann::json to_json(const Result& result);

// RFC 3339 in UTC with milliseconds: "2026-11-20T10:05:06.123Z".
[[nodiscard]] std::string format_timestamp(Timestamp time);

}  // namespace gatewatch

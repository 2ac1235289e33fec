// A Result as JSON: the API, reports and `--json` show it in this form alone. Text that came from
// a server is made valid UTF-8 here.

#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "probes/result.h"

namespace gatewatch {

[[nodiscard]] nlohmann::json to_json(const Result& result);

// RFC 3339 in UTC with milliseconds: "2026-11-20T10:05:06.123Z".
[[nodiscard]] std::string format_timestamp(Timestamp time);

// `text` with every byte that is not valid UTF-8, and every control byte but LF and TAB, replaced
// by U+FFFD.
[[nodiscard]] std::string clean_utf8(std::string_view text);

}  // namespace gatewatch

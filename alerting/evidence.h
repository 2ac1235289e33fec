// What one result shows, in words: the name of its failure, and one line that whoever runs the
// gateway can find again in his logs. Text of the server is cut and freed of control bytes; each
// channel still escapes it for its medium.

#pragma once

#include <string>
#include <string_view>

#include "config/config.h"
#include "probes/result.h"
#include "storage/records.h"

namespace gatewatch::alerting {

inline constexpr std::string_view certificate_expires_soon = "Certificate expires soon";

// "502 Bad Gateway" where the status is what failed, else the outcome's title ("Timeout").
[[nodiscard]] std::string failure_name(const storage::ResultOutline& result);

// "GET https://shop.example.com/ from eu-west at 2026-11-20T12:00:01Z: 502 Bad Gateway in 0.012 s,
// remote 10.0.0.1:443, trace 4bf9…, X-Request-Id abc".
[[nodiscard]] std::string evidence_line(const Result& result, const config::Route& route);

}  // namespace gatewatch::alerting

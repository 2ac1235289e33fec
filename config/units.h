// The units of the configuration: durations ("250ms", "30s", "5m", "14d"), sizes ("64KiB") and
// rates ("5%" or 0.05). Parsing is exact: no blanks, no sign, no unit left out, nothing clamped.

#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "config/error.h"

namespace gatewatch::config {

using Duration = std::chrono::milliseconds;

// A whole or decimal number and one of ms, s, m, h, d ("1.5h"); several parts add ("1h30m").
// At most 3660 days; an error says what would be right.
[[nodiscard]] std::expected<Duration, Error> parse_duration(std::string_view text);

// A whole or decimal number and one of B, KiB, MiB, GiB, TiB; also kB, MB, GB, TB (powers of ten).
[[nodiscard]] std::expected<std::uint64_t, Error> parse_size(std::string_view text);

// "5%" or "0.05" as a share within 0 and 1.
[[nodiscard]] std::expected<double, Error> parse_rate(std::string_view text);

// The shortest text that parse_duration reads back as the same value ("90s" is "1m30s").
[[nodiscard]] std::string format_duration(Duration duration);
[[nodiscard]] std::string format_size(std::uint64_t bytes);

}  // namespace gatewatch::config

// Text that came from a server, made fit to be shown: valid UTF-8, no control bytes, bounded.
// Escaping for a medium (HTML, mrkdwn, a terminal) is not done here but where it is rendered.

#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace gatewatch {

// `text` with every byte that is not valid UTF-8, and every control character but LF and TAB,
// replaced by U+FFFD.
[[nodiscard]] std::string clean_utf8(std::string_view text);
// The same of lines that end as HTTP's do: each CRLF becomes LF.
[[nodiscard]] std::string clean_lines(std::string_view text);

// `text` in double quotes on one line: cleaned as above, line ends and tabs as blanks. Longer than
// `limit` bytes it is cut between characters, and ends with "…".
inline constexpr std::size_t quote_limit = 200;  // bytes
[[nodiscard]] std::string quote(std::string_view text, std::size_t limit = quote_limit);

// `text` as the detail of a result: one clean line of at most detail_limit bytes.
inline constexpr std::size_t detail_limit = 300;  // bytes
[[nodiscard]] std::string one_line(std::string_view text, std::size_t limit = detail_limit);

// "2.35 s", "350 ms", "12 µs": a duration for people, four digits at most.
[[nodiscard]] std::string format_short(std::chrono::microseconds duration);

}  // namespace gatewatch

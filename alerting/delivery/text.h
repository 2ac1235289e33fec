// Texts of a message, made safe before any medium escapes them: one line of valid UTF-8 without
// control bytes or invisible direction marks, cut to a length with a mark. What a probed server
// wrote goes through here first.

#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "probes/time.h"

namespace gatewatch::alerting {

inline constexpr std::string_view ellipsis = "…";

// The first character of `text`, which must not be empty, and the bytes that it takes. A byte
// that is not UTF-8 (RFC 3629) is one U+FFFD.
struct Character {
  char32_t code = 0;
  std::size_t bytes = 0;

  // In UTF-16 code units, in which chat services count their limits.
  [[nodiscard]] std::size_t units() const { return code > 0xffff ? 2 : 1; }
};
[[nodiscard]] Character first_character(std::string_view text);
void append_utf8(std::string& text, char32_t code);
[[nodiscard]] std::size_t units_of(std::string_view text);  // UTF-16 code units

// `text` as one line of at most `limit` UTF-16 units (1 at least), an ellipsis marking the cut.
// Runs of blanks and line ends become one blank; other control characters and marks that turn
// the direction of writing become U+FFFD.
[[nodiscard]] std::string one_line(std::string_view text, std::size_t limit);

// What stands for a character in a medium; empty: the character itself.
using Escape = std::string (*)(char32_t code);
// `text`, which is one clean line, escaped: at most `limit` UTF-16 units after that, an ellipsis
// marking the cut. What stands for a character is never cut: it goes in whole or not at all.
[[nodiscard]] std::string escaped_within(std::string_view text, std::size_t limit, Escape escape);

// `text` within `limit` bytes, an ellipsis marking the cut, which divides no character.
[[nodiscard]] std::string within_bytes(std::string_view text, std::size_t limit);

// "2026-11-20 10:05:06 UTC".
[[nodiscard]] std::string readable_time(Timestamp time);
// RFC 3339 in UTC, whole seconds: "2026-11-20T10:05:06Z".
[[nodiscard]] std::string rfc3339_time(Timestamp time);
// The two largest units: "2 d 3 h", "12 min 5 s", "0 s". Negative counts as zero.
[[nodiscard]] std::string readable_duration(std::chrono::microseconds duration);

// Whether `url` may become a link: http or https, printable ASCII without blanks, quotes, angle
// brackets or bars, of at most 2000 bytes.
[[nodiscard]] bool is_web_link(std::string_view url);

}  // namespace gatewatch::alerting

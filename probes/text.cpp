#include "probes/text.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

namespace gatewatch {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::string_view ellipsis = "\xE2\x80\xA6";     // U+2026

// How many bytes the UTF-8 character at the front of `text` has; 0 where there is none (RFC 3629:
// shortest form, no surrogates, up to U+10FFFF).
std::size_t character_length(std::string_view text) {
  const auto at = [text](std::size_t index) -> std::uint32_t {
    return index < text.size() ? static_cast<unsigned char>(text[index]) : 0U;
  };
  const auto continues = [&at](std::size_t index) { return (at(index) & 0xc0U) == 0x80U; };
  const auto first = at(0);
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4 || !continues(1)) return 0;
  if (first < 0xe0) return 2;
  if (!continues(2)) return 0;
  if (first < 0xf0) {
    const bool overlong = first == 0xe0 && at(1) < 0xa0;
    const bool surrogate = first == 0xed && at(1) >= 0xa0;
    return overlong || surrogate ? 0 : 3;
  }
  const bool overlong = first == 0xf0 && at(1) < 0x90;
  const bool beyond = first == 0xf4 && at(1) >= 0x90;
  return overlong || beyond || !continues(3) ? 0 : 4;
}

// C0 and C1 controls and DEL: a terminal may act on each of them.
bool is_control(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return first < 0x20 || first == 0x7f;
  return character.size() == 2 && first == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0;
}

std::string cut(std::string text, std::size_t limit) {
  if (text.size() <= limit) return text;
  auto end = limit - std::min(limit, ellipsis.size());
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
  text.resize(end);
  text += ellipsis;
  return text;
}

}  // namespace

std::string clean_utf8(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const auto length = character_length(text);
    const auto character = text.substr(0, std::max<std::size_t>(length, 1));
    const bool kept = character == "\n" || character == "\t";
    result += length == 0 || (is_control(character) && !kept) ? replacement : character;
    text.remove_prefix(character.size());
  }
  return result;
}

std::string clean_lines(std::string_view text) {
  std::string lines;
  lines.reserve(text.size());
  for (std::size_t index = 0; index < text.size(); ++index) {
    if (!text.substr(index).starts_with("\r\n")) lines += text[index];
  }
  return clean_utf8(lines);
}

std::string one_line(std::string_view text, std::size_t limit) {
  // A replaced byte grows to three: what is beyond `limit` bytes can never be shown.
  auto result = clean_utf8(text.substr(0, limit + 4));
  std::ranges::replace_if(result, [](char byte) { return byte == '\n' || byte == '\t'; }, ' ');
  return cut(std::move(result), limit);
}

std::string quote(std::string_view text, std::size_t limit) {
  return fmt::format("\"{}\"", one_line(text, limit));
}

std::string format_short(std::chrono::microseconds duration) {
  const auto count = static_cast<double>(duration.count());
  if (count < 1000) return fmt::format("{} µs", duration.count());
  if (count < 1e6) return fmt::format("{:.4g} ms", count / 1e3);
  return fmt::format("{:.4g} s", count / 1e6);
}

}  // namespace gatewatch

// Numbers that are written with digits alone.

#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace gatewatch::config {

// The value of a text of one to nine digits and nothing else.
[[nodiscard]] inline std::optional<int> parse_digits(std::string_view text) {
  if (text.empty() || text.size() > 9 || text.front() == '-') return std::nullopt;
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace gatewatch::config

#include "config/bare_text.h"

#include <algorithm>
#include <cstddef>

namespace gatewatch::config {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

bool is_ascii(char byte) {
  return static_cast<unsigned char>(byte) < 0x80;
}

bool begins_code_point(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0) != 0x80;
}

Place place_at(std::string_view text, std::size_t position, int file) {
  const auto before = text.substr(0, position);
  const auto line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  const auto lines = std::ranges::count(before, '\n');
  const auto columns = std::ranges::count_if(before.substr(line_start), begins_code_point);
  return {file, static_cast<int>(lines) + 1, static_cast<int>(columns) + 1};
}

// Where TOML has a string, one of these stands before it. Elsewhere the reader takes a quote for a
// part of what it stands in, and so must we.
bool may_begin_string(std::string_view text, std::size_t position) {
  constexpr std::string_view openers = " \t\r\n=[{,.";
  return position == 0 || openers.find(text[position - 1]) != std::string_view::npos;
}

// The end of the string that begins at `start`: behind its closing quotes, or where the reader will
// refuse it because it is never closed.
std::size_t end_of_string(std::string_view text, std::size_t start) {
  const char quote = text[start];
  const std::string_view three = quote == '"' ? R"(""")" : "'''";
  const bool is_multiline = text.substr(start, 3) == three;
  auto position = start + (is_multiline ? 3 : 1);
  for (; position < text.size(); ++position) {
    const char byte = text[position];
    if (byte == '\\' && quote == '"') {
      ++position;
    } else if (byte == '\n' && !is_multiline) {
      return position;
    } else if (byte == quote && !is_multiline) {
      return position + 1;
    } else if (byte == quote && text.substr(position, 3) == three) {
      // Up to two quotes of the string itself may stand before the three that close it.
      position += 3;
      for (int more = 0; more < 2 && position < text.size() && text[position] == quote; ++more) {
        ++position;
      }
      return position;
    }
  }
  return text.size();
}

}  // namespace

std::optional<Place> first_bare_non_ascii(std::string_view text, int file) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  std::size_t position = 0;
  while (position < text.size()) {
    const char byte = text[position];
    if (!is_ascii(byte)) return place_at(text, position, file);
    if (byte == '#') {
      position = std::min(text.find('\n', position), text.size());
    } else if ((byte == '"' || byte == '\'') && may_begin_string(text, position)) {
      position = end_of_string(text, position);
    } else {
      ++position;
    }
  }
  return std::nullopt;
}

}  // namespace gatewatch::config

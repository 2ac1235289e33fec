#include "config/glob.h"

#include <cstddef>

namespace gatewatch::config {
namespace {

char lower(char character) noexcept {
  return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a')
                                              : character;
}

// Greedy with one point to come back to: after a '*' fails, it takes one more character.
template <typename Same>
bool matches(std::string_view pattern, std::string_view text, Same same) noexcept {
  std::size_t in_pattern = 0;
  std::size_t in_text = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_text = 0;
  while (in_text < text.size()) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      star = in_pattern++;
      star_text = in_text;
    } else if (in_pattern < pattern.size() &&
               (pattern[in_pattern] == '?' || same(pattern[in_pattern], text[in_text]))) {
      ++in_pattern;
      ++in_text;
    } else if (star != std::string_view::npos) {
      in_pattern = star + 1;
      in_text = ++star_text;
    } else {
      return false;
    }
  }
  while (in_pattern < pattern.size() && pattern[in_pattern] == '*') ++in_pattern;
  return in_pattern == pattern.size();
}

}  // namespace

bool glob_matches(std::string_view pattern, std::string_view text) noexcept {
  return matches(pattern, text, [](char left, char right) { return left == right; });
}

bool glob_matches_ignoring_case(std::string_view pattern, std::string_view text) noexcept {
  return matches(pattern, text, [](char left, char right) { return lower(left) == lower(right); });
}

}  // namespace gatewatch::config

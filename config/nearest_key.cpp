#include "config/nearest_key.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace gatewatch::config {
namespace {

constexpr std::size_t longest_word = 64;  // longer ones are no misspelled keys

char lower(char character) {
  return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a')
                                              : character;
}

// Optimal string alignment distance.
std::size_t edits(std::string_view left, std::string_view right) {
  const auto width = right.size() + 1;
  std::vector<std::size_t> cost((left.size() + 1) * width);
  const auto at = [&cost, width](std::size_t row, std::size_t column) -> std::size_t& {
    return cost[row * width + column];
  };
  for (std::size_t row = 0; row <= left.size(); ++row) at(row, 0) = row;
  for (std::size_t column = 0; column <= right.size(); ++column) at(0, column) = column;
  for (std::size_t row = 1; row <= left.size(); ++row) {
    for (std::size_t column = 1; column <= right.size(); ++column) {
      const bool same = lower(left[row - 1]) == lower(right[column - 1]);
      auto best = std::min(at(row - 1, column), at(row, column - 1)) + 1;
      best = std::min(best, at(row - 1, column - 1) + (same ? 0 : 1));
      const bool swapped = row > 1 && column > 1 &&
                           lower(left[row - 1]) == lower(right[column - 2]) &&
                           lower(left[row - 2]) == lower(right[column - 1]);
      if (swapped) best = std::min(best, at(row - 2, column - 2) + 1);
      at(row, column) = best;
    }
  }
  return cost.back();
}

}  // namespace

std::optional<std::string_view> nearest_key(std::string_view word,
                                            std::span<const std::string> candidates) {
  if (word.size() > longest_word) return std::nullopt;
  std::optional<std::string_view> nearest;
  auto fewest = std::max<std::size_t>(1, word.size() / 2) + 1;
  for (const auto& candidate : candidates) {
    if (candidate.size() > longest_word) continue;
    const auto count = edits(word, candidate);
    if (count < fewest && count < candidate.size()) {
      fewest = count;
      nearest = candidate;
    }
  }
  return nearest;
}

std::string suggestion(std::string_view word, std::span<const std::string> candidates) {
  const auto nearest = nearest_key(word, candidates);
  return nearest ? fmt::format(" (did you mean \"{}\"?)", *nearest) : std::string();
}

}  // namespace gatewatch::config

// The known word that a misspelled one most likely stands for.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gatewatch::config {

// The candidate with the fewest edits (a letter put in, left out, replaced, or two neighbours
// swapped, regardless of case), where these are few for the word's length; the first among equals.
[[nodiscard]] std::optional<std::string_view> nearest_key(std::string_view word,
                                                          std::span<const std::string> candidates);

// " (did you mean "interval"?)", or nothing where no candidate is near.
[[nodiscard]] std::string suggestion(std::string_view word,
                                     std::span<const std::string> candidates);

}  // namespace gatewatch::config

// Shell-like patterns over names: '*' any run of characters ('/' too), '?' any one character;
// everything else stands for itself. Linear in pattern × text at worst, no recursion.

#pragma once

#include <string_view>

namespace gatewatch::config {

[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view text) noexcept;

// The same with ASCII letters compared regardless of case (header names and values).
[[nodiscard]] bool glob_matches_ignoring_case(std::string_view pattern,
                                              std::string_view text) noexcept;

}  // namespace gatewatch::config

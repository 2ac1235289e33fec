// What a TOML text holds outside of its strings and comments, where TOML 1.0 allows ASCII alone.

#pragma once

#include <optional>
#include <string_view>

#include "config/mistake.h"

namespace gatewatch::config {

// The place of the first byte that is not ASCII outside of strings and comments; a byte order mark
// at the beginning is none. Columns count code points, as the reader of TOML does. Such a byte is
// a mistake in any file, and the library must not see it: its 3.3 runs into undefined behaviour.
[[nodiscard]] std::optional<Place> first_bare_non_ascii(std::string_view text, int file);

}  // namespace gatewatch::config

// A TOML basic string, for configurations that the program makes itself.

#pragma once

#include <string>
#include <string_view>

namespace gatewatch::daemon {

// `text` in double quotes, such that a reader of TOML gets the same bytes back where they are
// UTF-8.
[[nodiscard]] std::string toml_string(std::string_view text);

}  // namespace gatewatch::daemon

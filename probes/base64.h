// Base64 (RFC 4648, section 4). Pure.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gatewatch {

[[nodiscard]] std::string base64(std::string_view bytes);
// The bytes; nothing where `text`, with its padding or without, is none.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace gatewatch

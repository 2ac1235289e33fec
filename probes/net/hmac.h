// HMAC-SHA256 (RFC 2104) for signing what we send.

#pragma once

#include <string>
#include <string_view>

namespace gatewatch::net {

// 64 lower-case hexadecimal digits.
[[nodiscard]] std::string hmac_sha256_hex(std::string_view key, std::string_view data);

}  // namespace gatewatch::net

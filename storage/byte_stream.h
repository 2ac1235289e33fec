// Numbers of 1 to 10 bytes, one behind the other: seven bits a byte, the lowest first, the eighth
// says that more follow (LEB128). Pure.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatewatch::storage {

inline void put_number(std::string& bytes, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<char>(value | 0x80));
  bytes.push_back(static_cast<char>(value));
}

// Trusts nothing: nullopt where `bytes` ends before the number does, or it has too many bits.
[[nodiscard]] inline std::optional<std::uint64_t> take_number(std::string_view& bytes) {
  if (!bytes.empty() && static_cast<std::uint8_t>(bytes.front()) < 0x80) {  // most of them
    const auto value = static_cast<std::uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    return value;
  }
  std::uint64_t value = 0;
  for (std::size_t index = 0; index < bytes.size() && index < 10; ++index) {
    const auto byte = static_cast<std::uint8_t>(bytes[index]);
    if (index == 9 && byte > 1) return std::nullopt;
    value |= std::uint64_t{byte & 0x7fU} << 7 * index;
    if (byte >= 0x80) continue;
    bytes.remove_prefix(index + 1);
    return value;
  }
  return std::nullopt;
}

}  // namespace gatewatch::storage

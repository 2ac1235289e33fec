#include "probes/base64.h"

#include <cstdint>

namespace gatewatch {
namespace {

constexpr std::string_view digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t index = 0; index < bytes.size(); index += 3) {
    std::uint32_t group = 0;
    for (std::size_t offset = 0; offset < 3; ++offset) {
      const bool there = index + offset < bytes.size();
      group = group << 8U | (there ? static_cast<unsigned char>(bytes[index + offset]) : 0U);
    }
    const auto given = bytes.size() - index;
    for (unsigned place = 0; place < 4; ++place) {
      text += place > given ? '=' : digits[group >> (18U - 6U * place) & 63U];
    }
  }
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t group = 0;
  unsigned bits = 0;  // of `group` that belong to no byte yet
  for (const char character : text) {
    const auto digit = digits.find(character);
    if (digit == std::string_view::npos) return std::nullopt;
    group = (group << 6U | static_cast<std::uint32_t>(digit)) & 0xffffU;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(group >> bits & 0xffU);
  }
  return bytes;
}

}  // namespace gatewatch

#include "probes/base64.h"

#include <cstdint>

namespace gatewatch {

std::string base64(std::string_view bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
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

}  // namespace gatewatch

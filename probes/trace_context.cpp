#include "probes/trace_context.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <sys/random.h>

namespace gatewatch {
namespace {

// All zeroes is "invalid" by the standard. Such a draw is replaced rather than repeated: a source
// that gives nothing else would never end.
template <std::size_t Size>
std::string make_id(const RandomSource& random) {
  std::array<std::byte, Size> bytes{};
  random(bytes);
  const auto is_zero = [](std::byte byte) { return byte == std::byte{0}; };
  if (std::ranges::all_of(bytes, is_zero)) bytes.back() = std::byte{1};
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text(2 * Size, '0');
  for (std::size_t index = 0; index < Size; ++index) {
    const auto value = std::to_integer<unsigned>(bytes[index]);
    text[2 * index] = digits[value >> 4];
    text[2 * index + 1] = digits[value & 0xf];
  }
  return text;
}

}  // namespace

void fill_from_system(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const auto count = getrandom(bytes.data(), bytes.size(), 0);
    if (count < 0 && errno != EINTR) std::abort();  // no kernel we run on refuses a few bytes
    if (count > 0) bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

std::string make_trace_id(const RandomSource& random) {
  return make_id<16>(random);
}

std::string make_span_id(const RandomSource& random) {
  return make_id<8>(random);
}

std::string traceparent(const std::string& trace_id, const std::string& span_id) {
  std::string value;
  value.reserve(64);
  return value.append("00-").append(trace_id).append("-").append(span_id).append("-01");
}

}  // namespace gatewatch

// What the fuzz targets share: an input taken apart, and a check that ends the run.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>

namespace gatewatch::tests {

inline void require(bool condition, const char* what) {
  if (!condition) {
    std::fprintf(stderr, "invariant broken: %s\n", what);
    std::abort();
  }
}

// The first bytes of an input steer the run, the rest is what is read.
class FuzzInput {
 public:
  FuzzInput(const std::uint8_t* data, std::size_t size)
      : bytes_(reinterpret_cast<const char*>(data), size) {}

  [[nodiscard]] std::uint8_t next() {
    if (bytes_.empty()) {
      return 0;
    }
    const auto byte = static_cast<std::uint8_t>(bytes_.front());
    bytes_ = bytes_.subspan(1);
    return byte;
  }
  [[nodiscard]] std::span<const char> rest() const { return bytes_; }

 private:
  std::span<const char> bytes_;
};

// Lengths of pieces, from 1 to 64, that depend on the seed alone.
class PieceLengths {
 public:
  explicit PieceLengths(std::uint8_t seed) : state_(seed) {}

  [[nodiscard]] std::size_t next() {
    state_ = state_ * 1103515245U + 12345U;
    return 1 + (state_ >> 16) % 64;
  }

 private:
  std::uint32_t state_;
};

}  // namespace gatewatch::tests

// Random bytes from the kernel, fetched a few kilobytes at a time: a probe takes 24 of them, and a
// system call each would be a good part of its cost. For identifiers, not for keys.

#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace gatewatch {

// Belongs to one thread.
class RandomPool {
 public:
  // At most as many as the pool holds.
  void fill(std::span<std::byte> bytes);

  static constexpr std::size_t capacity = 3072;

 private:
  std::array<std::byte, capacity> bytes_{};
  std::size_t used_ = capacity;
};

}  // namespace gatewatch

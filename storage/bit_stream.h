// Numbers of up to 64 bits, one behind the other, the most significant bit first. Pure.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace gatewatch::storage {

class BitWriter {
 public:
  void put(std::uint64_t value, std::size_t width) {
    if (width > 32) {
      put(value >> 32, width - 32);
      width = 32;
      value &= 0xffff'ffff;
    }
    pending_ = pending_ << width | value;
    pending_bits_ += width;
    while (pending_bits_ >= 8) {
      pending_bits_ -= 8;
      bytes_.push_back(static_cast<char>(pending_ >> pending_bits_ & 0xff));
    }
  }
  // Zeros fill the last byte.
  std::string finish() && {
    if (pending_bits_ > 0) put(0, 8 - pending_bits_);
    return std::move(bytes_);
  }
  void reserve(std::size_t bytes) { bytes_.reserve(bytes); }

 private:
  std::string bytes_;
  std::uint64_t pending_ = 0;  // its lowest bits, fewer than 8 between two calls
  std::size_t pending_bits_ = 0;
};

class BitReader {
 public:
  // There must be as many bytes as are taken.
  explicit BitReader(const char* bytes) : next_(bytes) {}

  std::uint64_t take(std::size_t width) {
    if (width > 32) {
      const auto high = take(width - 32);
      return high << 32 | take(32);
    }
    while (pending_bits_ < width) {
      pending_ = pending_ << 8 | static_cast<std::uint8_t>(*next_++);
      pending_bits_ += 8;
    }
    pending_bits_ -= width;
    return pending_ >> pending_bits_ & ((std::uint64_t{1} << width) - 1);
  }

 private:
  const char* next_;
  std::uint64_t pending_ = 0;  // its lowest bits, fewer than 8 between two calls
  std::size_t pending_bits_ = 0;
};

}  // namespace gatewatch::storage

// Many results as numbers in few bits. Column k of result i is base_k plus the number in the bits
// from i × stride + end_(k-1) to i × stride + end_k, the most significant first; a column whose
// values are all equal takes none. Plain SQL can do that arithmetic: the view `results` reads the
// same bits. Pure.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <vector>

#include "config/error.h"

namespace gatewatch::storage {

enum class BlockColumn : std::uint8_t {
  Circumstance,  // the number of what the result shares with others
  Failure,       // the number of what only it has; 0: nothing
  Started,       // µs since the epoch
  Dns,           // the six phases in their order, µs
  Connect,
  Tls,
  Send,
  Wait,
  Receive,
  BodySize,
};
inline constexpr std::size_t block_column_count = 10;
inline constexpr std::size_t most_block_results = 512;  // the table `ordinal` has as many rows

// One result, a number a column.
struct ResultNumbers {
  std::array<std::int64_t, block_column_count> values{};

  [[nodiscard]] std::int64_t& operator[](BlockColumn column) {
    return values[static_cast<std::size_t>(column)];
  }
  [[nodiscard]] std::int64_t operator[](BlockColumn column) const {
    return values[static_cast<std::size_t>(column)];
  }

  friend bool operator==(const ResultNumbers&, const ResultNumbers&) = default;
};

struct ResultBlock {
  std::int64_t count = 0;
  // Started is predicted: base + i × step, the bits hold what is beyond.
  std::int64_t step_us = 0;
  // Of Failure, whose bits are 0 where there is none, the least number less one.
  std::array<std::int64_t, block_column_count> bases{};
  std::array<std::int64_t, block_column_count> ends{};  // bits; the last one is the stride
  std::string data{};

  friend bool operator==(const ResultBlock&, const ResultBlock&) = default;
};

// The first results of `results`, as many as a block may have and `most_bytes` can hold: one at the
// least. There must be one.
[[nodiscard]] ResultBlock encode_block(std::span<const ResultNumbers> results,
                                       std::size_t most_bytes);

// Trusts nothing: whatever `block` holds, either its results or an error.
[[nodiscard]] std::expected<std::vector<ResultNumbers>, Error> decode_block(
    const ResultBlock& block);

}  // namespace gatewatch::storage

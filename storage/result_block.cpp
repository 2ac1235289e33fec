#include "storage/result_block.h"

#include <algorithm>
#include <bit>
#include <utility>

#include <fmt/format.h>

#include "storage/bit_stream.h"

namespace gatewatch::storage {

namespace {

constexpr std::size_t failure = static_cast<std::size_t>(BlockColumn::Failure);
constexpr std::size_t started = static_cast<std::size_t>(BlockColumn::Started);
constexpr std::size_t most_width = 64;  // bits

using Numbers = std::array<std::int64_t, block_column_count>;

// Numbers wrap around: the file may say anything, and the same steps back undo it.
std::int64_t sum(std::int64_t left, std::uint64_t right) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(left) + right);
}

std::uint64_t difference(std::int64_t left, std::int64_t right) {
  return static_cast<std::uint64_t>(left) - static_cast<std::uint64_t>(right);
}

std::uint64_t product(std::int64_t left, std::size_t right) {
  return static_cast<std::uint64_t>(left) * right;
}

// The least and the greatest value of each column.
struct Range {
  Numbers least;
  Numbers greatest;

  [[nodiscard]] std::size_t width(std::size_t column) const {
    return static_cast<std::size_t>(std::bit_width(difference(greatest[column], least[column])));
  }
};

Range range_of(std::span<const ResultNumbers> results) {
  Range range{results.front().values, results.front().values};
  for (const auto& result : results) {
    for (std::size_t column = 0; column < block_column_count; ++column) {
      range.least[column] = std::min(range.least[column], result.values[column]);
      range.greatest[column] = std::max(range.greatest[column], result.values[column]);
    }
  }
  if (range.greatest[failure] > 0) {
    range.least[failure] = range.greatest[failure];
    for (const auto& result : results) {
      const auto number = result.values[failure];
      if (number != 0) range.least[failure] = std::min(range.least[failure], number);
    }
    --range.least[failure];
  }
  return range;
}

// The even pace from the first result to the last, where the times then need fewer bits.
std::int64_t choose_step(std::span<const ResultNumbers> results, Range& range) {
  if (results.size() < 3) return 0;
  const auto first = results.front().values[started];
  const auto whole = static_cast<std::int64_t>(difference(results.back().values[started], first));
  const auto step = whole / static_cast<std::int64_t>(results.size() - 1);
  auto paced = range;
  paced.least[started] = paced.greatest[started] = first;
  for (std::size_t index = 0; index < results.size(); ++index) {
    const auto rest = sum(results[index].values[started], -product(step, index));
    paced.least[started] = std::min(paced.least[started], rest);
    paced.greatest[started] = std::max(paced.greatest[started], rest);
  }
  if (paced.width(started) >= range.width(started)) return 0;
  range = paced;
  return step;
}

std::size_t bytes_of(std::size_t results, std::size_t stride) {
  return (results * stride + 7) / 8;
}

std::unexpected<Error> damage(const char* what) {
  return std::unexpected(Error{fmt::format("a block of results is damaged: {}", what)});
}

}  // namespace

ResultBlock encode_block(std::span<const ResultNumbers> results, std::size_t most_bytes) {
  results = results.first(std::min(results.size(), most_block_results));
  ResultBlock block;
  auto range = range_of(results);
  block.step_us = choose_step(results, range);
  std::array<std::size_t, block_column_count> widths{};
  std::size_t stride = 0;
  for (std::size_t column = 0; column < block_column_count; ++column) {
    widths[column] = range.width(column);
    stride += widths[column];
    block.ends[column] = static_cast<std::int64_t>(stride);
  }
  // Fewer results never need a wider stride but for the pace, hence one at a time at the end.
  if (results.size() > 1 && bytes_of(results.size(), stride) > most_bytes) {
    const auto fitting = std::clamp<std::size_t>(most_bytes * 8 / stride, 1, results.size() - 1);
    return encode_block(results.first(fitting), most_bytes);
  }
  block.count = static_cast<std::int64_t>(results.size());
  block.bases = range.least;
  BitWriter bits;
  bits.reserve(bytes_of(results.size(), stride));
  for (std::size_t index = 0; index < results.size(); ++index) {
    for (std::size_t column = 0; column < block_column_count; ++column) {
      auto value = difference(results[index].values[column], block.bases[column]);
      if (column == started) value -= product(block.step_us, index);
      if (column == failure && results[index].values[failure] == 0) value = 0;
      bits.put(value, widths[column]);
    }
  }
  block.data = std::move(bits).finish();
  return block;
}

std::expected<std::vector<ResultNumbers>, Error> decode_block(const ResultBlock& block) {
  if (block.count < 1 || std::cmp_greater(block.count, most_block_results)) {
    return damage("it cannot have as many results as it says");
  }
  std::array<std::size_t, block_column_count> widths{};
  std::int64_t end = 0;
  for (std::size_t column = 0; column < block_column_count; ++column) {
    if (block.ends[column] < end || block.ends[column] - end > std::int64_t{most_width}) {
      return damage("its columns overlap");
    }
    widths[column] = static_cast<std::size_t>(block.ends[column] - end);
    end = block.ends[column];
  }
  const auto count = static_cast<std::size_t>(block.count);
  if (block.data.size() != bytes_of(count, static_cast<std::size_t>(end))) {
    return damage("its length is wrong");
  }
  std::vector<ResultNumbers> results(count);
  BitReader bits(block.data.data());
  for (std::size_t index = 0; index < count; ++index) {
    for (std::size_t column = 0; column < block_column_count; ++column) {
      const auto value = bits.take(widths[column]);
      auto& number = results[index].values[column];
      number = column == failure && value == 0 ? 0 : sum(block.bases[column], value);
    }
    if (results[index].values[failure] < 0) return damage("it names a failure that cannot be");
    auto& time = results[index].values[started];
    time = sum(time, product(block.step_us, index));
  }
  return results;
}

}  // namespace gatewatch::storage

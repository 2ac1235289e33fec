// Blocks of results as rows. Where they stand in the table says what they are: spans hold results
// of one route and region in the order of time; behind them lie the loose blocks, whose results are
// in the order of arrival: partitions, of 64 routes each, and the journal, of any.

#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "probes/time.h"
#include "storage/result_block.h"
#include "storage/sqlite/statement.h"

namespace gatewatch::storage::sqlite {

// The numbers of its blocks begin at segment × 2^32.
using Segment = std::int64_t;
inline constexpr int segment_bits = 32;
inline constexpr Segment first_partition = 256;  // spans are those before
inline constexpr Segment journal = 1 << 20;

constexpr std::int64_t first_block(Segment segment) {
  return segment << segment_bits;
}
// `route` is its number in the file.
constexpr Segment partition_of(std::int64_t route) {
  return first_partition + route / 64;
}

// A span with so many bytes of results fills a page of 4096 bytes, which is how least is wasted.
inline constexpr std::size_t span_bytes = 3'940;

// Whose results a span holds, by their numbers.
struct SpanOwner {
  std::int64_t route = 0;
  std::int64_t region = 0;

  friend auto operator<=>(const SpanOwner&, const SpanOwner&) = default;
};

struct StoredBlock {
  std::int64_t id = 0;
  std::int64_t from_us = 0;  // its oldest result
  std::int64_t to_us = 0;    // its newest
  ResultBlock block{};
};

class BlockTable {
 public:
  explicit BlockTable(Database& database);

  // Those that write are within a transaction of the caller, who calls roll_back() where that does
  // not commit.

  // As loose blocks, as many as it takes.
  [[nodiscard]] std::expected<void, Failure> add(Segment segment,
                                                 std::span<const ResultNumbers> results);
  // Takes the place of the span `id` where there is one. `results` is what the block holds.
  [[nodiscard]] std::expected<void, Failure> put_span(std::optional<std::int64_t> id,
                                                      SpanOwner owner, const ResultBlock& block,
                                                      std::span<const ResultNumbers> results);
  // Those with `id` in [first, before).
  [[nodiscard]] std::expected<void, Failure> remove(std::int64_t first, std::int64_t before);
  // So many results of the segment are no longer there, or need not be counted.
  void count_down(Segment segment, std::uint64_t results);
  void roll_back();

  // Of the spans of `owner` that begin at `from_us` or earlier the newest, where it is among the
  // newest of its route.
  [[nodiscard]] std::expected<std::optional<StoredBlock>, Failure> span_before(
      SpanOwner owner, std::int64_t from_us);
  // The last one of the loose segments with so many results, and any.
  [[nodiscard]] std::expected<std::optional<Segment>, Failure> find_segment(std::uint64_t results);
  // The block with the least number from `id` on, and below `before`.
  [[nodiscard]] std::expected<std::optional<StoredBlock>, Failure> first(std::int64_t id,
                                                                         std::int64_t before);
  // Any block with no result from `before` on: the oldest span, or else a loose one.
  [[nodiscard]] std::expected<std::optional<StoredBlock>, Failure> outdated(Timestamp before);

 private:
  struct Loose {
    std::int64_t newest_id = 0;  // that was given
    std::uint64_t results = 0;
  };

  [[nodiscard]] std::expected<void, Failure> count_loose();
  [[nodiscard]] std::expected<std::int64_t, Failure> next_span_id();
  [[nodiscard]] std::expected<void, Failure> put(std::int64_t id, std::optional<SpanOwner> owner,
                                                 const ResultBlock& block,
                                                 std::span<const ResultNumbers> results);

  std::optional<std::map<Segment, Loose>> loose_;  // nullopt: look
  std::optional<std::int64_t> newest_span_id_;     // that was given; nullopt: look
  Statement count_loose_;
  Statement newest_id_;
  Statement put_;
  Statement span_before_;
  Statement first_;
  Statement outdated_span_;
  Statement outdated_loose_;
  Statement remove_;
};

// Reads the columns that `block_columns` names.
[[nodiscard]] StoredBlock read_block(Row& row);
extern const char* const block_columns;

}  // namespace gatewatch::storage::sqlite

// Blocks of results as rows. Where they stand in the table says what they are: spans, which hold
// results of one route and region in the order of time, and behind them the journal, which holds
// what one batch wrote.

#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <vector>

#include "probes/time.h"
#include "storage/result_block.h"
#include "storage/sqlite/statement.h"

namespace gatewatch::storage::sqlite {

// The first number of the journal: there are never so many spans.
inline constexpr std::int64_t journal_begin = std::int64_t{1} << 40;
inline constexpr std::int64_t journal_end = std::int64_t{1} << 50;
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

  // Both within a transaction of the caller. `results` is what the block holds.
  [[nodiscard]] std::expected<void, Failure> add_to_journal(const ResultBlock& block,
                                                            std::span<const ResultNumbers> results);
  // Takes the place of the span `id` where there is one.
  [[nodiscard]] std::expected<void, Failure> put_span(std::optional<std::int64_t> id,
                                                      SpanOwner owner, const ResultBlock& block,
                                                      std::span<const ResultNumbers> results);
  // After a roll-back: the numbers given since the transaction began are free again.
  void roll_back();

  // The newest span of `owner` among the newest of its route.
  [[nodiscard]] std::expected<std::optional<StoredBlock>, Failure> newest_span(SpanOwner owner);
  // The block with the least number from `id` on, and below `before`.
  [[nodiscard]] std::expected<std::optional<StoredBlock>, Failure> first(std::int64_t id,
                                                                         std::int64_t before);
  // Any block with no result from `before` on: the oldest span, or else one of the journal.
  [[nodiscard]] std::expected<std::optional<StoredBlock>, Failure> outdated(Timestamp before);
  // Those with `id` in [first, before).
  [[nodiscard]] std::expected<void, Failure> remove(std::int64_t first, std::int64_t before);

 private:
  [[nodiscard]] std::expected<std::int64_t, Failure> next_id(std::optional<std::int64_t>& newest,
                                                             std::int64_t first,
                                                             std::int64_t before);
  [[nodiscard]] std::expected<void, Failure> put(std::int64_t id, std::optional<SpanOwner> owner,
                                                 const ResultBlock& block,
                                                 std::span<const ResultNumbers> results);

  // The newest number that was given; nullopt: look.
  std::optional<std::int64_t> newest_span_id_;
  std::optional<std::int64_t> newest_journal_id_;
  Statement newest_id_;
  Statement put_;
  Statement newest_span_;
  Statement first_;
  Statement outdated_span_;
  Statement outdated_journal_;
  Statement remove_;
};

// Reads the columns that `block_columns` names.
[[nodiscard]] StoredBlock read_block(Row& row);
extern const char* const block_columns;

}  // namespace gatewatch::storage::sqlite

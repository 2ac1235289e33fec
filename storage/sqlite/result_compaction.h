// From the journal to spans: results in the order of arrival become blocks of one route and region.
// They go by way of the partitions, so that each step is short and yet moves many of each route.

#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "storage/sqlite/block_table.h"
#include "storage/sqlite/circumstance_table.h"

namespace gatewatch::storage::sqlite {

class ResultCompaction {
 public:
  // A step takes no further block once it has so many results: some milliseconds.
  static constexpr std::size_t step_results = 8'192;

  ResultCompaction(Database& database, BlockTable& blocks, CircumstanceTable& circumstances);

  // Store::compact_results, within a transaction of the caller. What is damaged stays where it is.
  [[nodiscard]] std::expected<std::uint64_t, Failure> step(std::uint64_t least);
  // Adds results of one owner, in the order of time, as spans: the last one before grows until it
  // is full.
  [[nodiscard]] std::expected<void, Failure> add_to_spans(SpanOwner owner,
                                                          std::vector<ResultNumbers> results);
  // Numbers of circumstances may from now on mean others: some were deleted, or are rolled back.
  void forget() { owners_.clear(); }

 private:
  static constexpr std::size_t most_owners = 100'000;  // kept in memory

  template <typename Key>
  using Groups = std::map<Key, std::vector<ResultNumbers>>;
  // Of each result; nullopt: one has a circumstance that is not there.
  using Owners = std::expected<std::optional<std::vector<SpanOwner>>, Failure>;

  // Removes the segment's first blocks and sorts their results into `groups`; how many.
  template <typename Key>
  [[nodiscard]] std::expected<std::uint64_t, Failure> take(Segment segment, Groups<Key>& groups,
                                                           Key (*key_of)(SpanOwner));
  [[nodiscard]] std::expected<std::uint64_t, Failure> compact_journal();
  [[nodiscard]] std::expected<std::uint64_t, Failure> compact_partition(Segment partition);
  [[nodiscard]] Owners owners_of(std::span<const ResultNumbers> results);
  [[nodiscard]] std::expected<void, Failure> keep_circumstances(
      std::span<const ResultNumbers> results);

  BlockTable& blocks_;
  CircumstanceTable& circumstances_;
  std::unordered_map<std::int64_t, SpanOwner> owners_;  // by the number of the circumstance
  Statement owner_;
};

}  // namespace gatewatch::storage::sqlite

#include "storage/sqlite/result_compaction.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

namespace gatewatch::storage::sqlite {

namespace {

constexpr std::int64_t most_span_us = 86'400'000'000;  // a day, see result_schema.sql
// Growing a span writes all of it again: not for the last few results that it has space for.
constexpr std::size_t full_span_bytes = span_bytes / 16 * 15;

std::int64_t started(const ResultNumbers& result) {
  return result[BlockColumn::Started];
}

bool is_full(const ResultBlock& block) {
  return std::cmp_equal(block.count, most_block_results) || block.data.size() >= full_span_bytes;
}

// The results of one step by their owners.
class Sorting {
 public:
  explicit Sorting(Database& database)
      : owner_(database, "SELECT route, region FROM circumstance WHERE id = ?1") {}

  std::expected<void, Failure> add(std::span<const ResultNumbers> results) {
    for (const auto& result : results) {
      const auto id = result[BlockColumn::Circumstance];
      auto known = lists_.find(id);
      if (known == lists_.end()) {
        SpanOwner owner;
        const auto read = [&owner](Row& row) {
          owner = {.route = row.integer(), .region = row.integer()};
          return false;
        };
        auto done = for_each_row(owner_, read, id);
        if (!done) return done;
        known = lists_.emplace(id, &results_[owner]).first;
      }
      known->second->push_back(result);
    }
    return {};
  }

  [[nodiscard]] std::map<SpanOwner, std::vector<ResultNumbers>>& results() { return results_; }

 private:
  std::map<SpanOwner, std::vector<ResultNumbers>> results_;
  std::unordered_map<std::int64_t, std::vector<ResultNumbers>*> lists_;  // by circumstance
  Statement owner_;
};

std::expected<void, Failure> keep_circumstances(CircumstanceTable& circumstances,
                                                std::span<const ResultNumbers> results) {
  std::set<std::int64_t> ids;
  for (const auto& result : results) ids.insert(result[BlockColumn::Circumstance]);
  const Timestamp end{std::chrono::microseconds(started(results.back()))};
  for (const auto id : ids) {
    if (auto kept = circumstances.keep(id, end); !kept) return kept;
  }
  return {};
}

}  // namespace

std::expected<void, Failure> add_to_spans(BlockTable& blocks, CircumstanceTable& circumstances,
                                          SpanOwner owner, std::vector<ResultNumbers> results) {
  auto newest = blocks.newest_span(owner);
  if (!newest) return std::unexpected(std::move(newest.error()));
  std::optional<std::int64_t> id;
  if (*newest && !is_full((*newest)->block) && (*newest)->from_us <= started(results.front()) &&
      started(results.front()) - (*newest)->from_us < most_span_us) {
    // One that is damaged is left alone.
    if (auto grown = decode_block((*newest)->block)) {
      id = (*newest)->id;
      grown->insert(grown->end(), results.begin(), results.end());
      results = std::move(*grown);
      if (!std::ranges::is_sorted(results, {}, started)) {
        std::ranges::stable_sort(results, {}, started);
      }
    }
  }
  for (std::span<const ResultNumbers> rest = results; !rest.empty();) {
    const auto day_end =
        std::ranges::lower_bound(rest, started(rest.front()) + most_span_us, {}, started);
    const auto day = rest.first(static_cast<std::size_t>(day_end - rest.begin()));
    const auto block = encode_block(day, span_bytes);
    const auto taken = day.first(static_cast<std::size_t>(block.count));
    auto put = blocks.put_span(std::exchange(id, std::nullopt), owner, block, taken);
    if (put) put = keep_circumstances(circumstances, taken);
    if (!put) return put;
    rest = rest.subspan(taken.size());
  }
  return {};
}

std::expected<std::uint64_t, Failure> compact_journal(Database& database, BlockTable& blocks,
                                                      CircumstanceTable& circumstances,
                                                      std::uint64_t limit) {
  Sorting sorting(database);
  std::uint64_t moved = 0;
  std::expected<void, Failure> done;
  // The blocks in [first, next) were taken and are yet to be removed.
  auto first = journal_begin;
  auto next = journal_begin;
  while (done && moved < limit) {
    const auto stored = blocks.first(next, journal_end);
    if (!stored) return std::unexpected(stored.error());
    if (!*stored) break;
    next = (*stored)->id + 1;
    const auto results = decode_block((*stored)->block);
    if (results) {
      moved += results->size();
      done = sorting.add(*results);
    } else {
      done = blocks.remove(first, next - 1);
      first = next;
    }
  }
  if (done) done = blocks.remove(first, next);
  for (auto& [owner, results] : sorting.results()) {
    if (!done) break;
    if (!std::ranges::is_sorted(results, {}, started)) {
      std::ranges::stable_sort(results, {}, started);
    }
    done = add_to_spans(blocks, circumstances, owner, std::move(results));
  }
  if (!done) return std::unexpected(std::move(done.error()));
  return moved;
}

}  // namespace gatewatch::storage::sqlite

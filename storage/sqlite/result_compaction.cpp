#include "storage/sqlite/result_compaction.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

namespace gatewatch::storage::sqlite {

namespace {

constexpr std::int64_t most_span_us = 86'400'000'000;  // a day, see result_schema.sql
// Growing a span writes all of it again: not for the last few results that it has space for.
constexpr std::size_t full_span_bytes = span_bytes / 16 * 15;

std::int64_t started(const ResultNumbers& result) {
  return result[BlockColumn::Started];
}

// Those of one moment by their other numbers: the order is the same however often it is made.
void sort_by_time(std::vector<ResultNumbers>& results) {
  if (std::ranges::is_sorted(results, {}, started)) return;
  std::ranges::sort(results, {}, [](const ResultNumbers& result) {
    return std::pair(started(result), result.values);
  });
}

bool is_full(const ResultBlock& block) {
  return std::cmp_equal(block.count, most_block_results) || block.data.size() >= full_span_bytes;
}

}  // namespace

ResultCompaction::ResultCompaction(Database& database, BlockTable& blocks,
                                   CircumstanceTable& circumstances)
    : blocks_(blocks),
      circumstances_(circumstances),
      owner_(database, "SELECT route, region FROM circumstance WHERE id = ?1") {}

// The journal first: it is the last of the segments.
std::expected<std::uint64_t, Failure> ResultCompaction::step(std::uint64_t least) {
  while (true) {
    const auto segment = blocks_.find_segment(least);
    if (!segment) return std::unexpected(segment.error());
    if (!*segment) return 0;
    auto moved = **segment == journal ? compact_journal() : compact_partition(**segment);
    if (!moved || *moved > 0) return moved;
    // All that it still holds is damaged.
  }
}

template <typename Key>
std::expected<std::uint64_t, Failure> ResultCompaction::take(Segment segment, Groups<Key>& groups,
                                                             Key (*key_of)(SpanOwner)) {
  std::uint64_t taken = 0;
  // The blocks in [first, next) were taken and are yet to be removed.
  auto first = first_block(segment);
  auto next = first;
  while (taken < step_results) {
    const auto stored = blocks_.first(next, first_block(segment + 1));
    if (!stored) return std::unexpected(stored.error());
    if (!*stored) {
      blocks_.count_down(segment, std::numeric_limits<std::uint64_t>::max());
      break;
    }
    const auto results = decode_block((*stored)->block);
    const auto owners = results ? owners_of(*results) : Owners();
    if (!owners) return std::unexpected(owners.error());
    next = (*stored)->id + 1;
    if (!*owners) {
      if (auto done = blocks_.remove(first, next - 1); !done) return std::unexpected(done.error());
      first = next;
      continue;
    }
    for (std::size_t index = 0; index < results->size(); ++index) {
      groups[key_of((**owners)[index])].push_back((*results)[index]);
    }
    taken += results->size();
    blocks_.count_down(segment, results->size());
  }
  if (auto done = blocks_.remove(first, next); !done) return std::unexpected(done.error());
  return taken;
}

std::expected<std::uint64_t, Failure> ResultCompaction::compact_journal() {
  Groups<Segment> partitions;
  auto taken =
      take<Segment>(journal, partitions, [](SpanOwner owner) { return partition_of(owner.route); });
  for (const auto& [partition, results] : partitions) {
    if (!taken) break;
    if (auto added = blocks_.add(partition, results); !added)
      taken = std::unexpected(added.error());
  }
  return taken;
}

std::expected<std::uint64_t, Failure> ResultCompaction::compact_partition(Segment partition) {
  Groups<SpanOwner> spans;
  auto taken = take<SpanOwner>(partition, spans, [](SpanOwner owner) { return owner; });
  for (auto& [owner, results] : spans) {
    if (!taken) break;
    sort_by_time(results);
    auto added = add_to_spans(owner, std::move(results));
    if (!added) taken = std::unexpected(std::move(added.error()));
  }
  return taken;
}

ResultCompaction::Owners ResultCompaction::owners_of(std::span<const ResultNumbers> results) {
  std::vector<SpanOwner> owners;
  owners.reserve(results.size());
  for (const auto& result : results) {
    const auto circumstance = result[BlockColumn::Circumstance];
    auto known = owners_.find(circumstance);
    if (known == owners_.end()) {
      std::optional<SpanOwner> owner;
      const auto read = [&owner](Row& row) {
        owner = {.route = row.integer(), .region = row.integer()};
        return false;
      };
      auto done = for_each_row(owner_, read, circumstance);
      if (!done) return std::unexpected(std::move(done.error()));
      if (!owner) return std::nullopt;
      if (owners_.size() == most_owners) owners_.clear();
      known = owners_.emplace(circumstance, *owner).first;
    }
    owners.push_back(known->second);
  }
  return owners;
}

std::expected<void, Failure> ResultCompaction::add_to_spans(SpanOwner owner,
                                                            std::vector<ResultNumbers> results) {
  const auto from_us = started(results.front());
  const auto last = blocks_.span_before(owner, from_us);
  if (!last) return std::unexpected(last.error());
  std::optional<std::int64_t> id;
  if (*last && !is_full((*last)->block) && from_us - (*last)->from_us < most_span_us) {
    // One that is damaged is left alone.
    if (auto grown = decode_block((*last)->block)) {
      id = (*last)->id;
      grown->insert(grown->end(), results.begin(), results.end());
      results = std::move(*grown);
      sort_by_time(results);
    }
  }
  for (std::span<const ResultNumbers> rest = results; !rest.empty();) {
    const auto day_end =
        std::ranges::lower_bound(rest, started(rest.front()) + most_span_us, {}, started);
    const auto day = rest.first(static_cast<std::size_t>(day_end - rest.begin()));
    const auto block = encode_block(day, span_bytes);
    const auto taken = day.first(static_cast<std::size_t>(block.count));
    auto put = blocks_.put_span(std::exchange(id, std::nullopt), owner, block, taken);
    if (put) put = keep_circumstances(taken);
    if (!put) return put;
    rest = rest.subspan(taken.size());
  }
  return {};
}

std::expected<void, Failure> ResultCompaction::keep_circumstances(
    std::span<const ResultNumbers> results) {
  std::set<std::int64_t> ids;
  for (const auto& result : results) ids.insert(result[BlockColumn::Circumstance]);
  const Timestamp end{std::chrono::microseconds(started(results.back()))};
  for (const auto id : ids) {
    if (auto kept = circumstances_.keep(id, end); !kept) return kept;
  }
  return {};
}

}  // namespace gatewatch::storage::sqlite

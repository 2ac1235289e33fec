#include "storage/sqlite/result_table.h"

#include <algorithm>
#include <utility>

#include "storage/records.h"

namespace gatewatch::storage::sqlite {

namespace {

ResultNumbers numbers_of(const Result& result, std::int64_t circumstance, std::int64_t failure) {
  ResultNumbers numbers;
  numbers[BlockColumn::Circumstance] = circumstance;
  numbers[BlockColumn::Failure] = failure;
  numbers[BlockColumn::Started] = result.started.time_since_epoch().count();
  auto phase = static_cast<std::size_t>(BlockColumn::Dns);
  for (const auto duration : result.timings.phases) numbers.values[phase++] = duration.count();
  numbers[BlockColumn::BodySize] = static_cast<std::int64_t>(result.body_size);
  return numbers;
}

}  // namespace

ResultTable::ResultTable(Database& database)
    : blocks_(database),
      circumstances_(database),
      due_hours_(database),
      compaction_(database, blocks_, circumstances_),
      add_failure_(database, "INSERT INTO failure (trace_id, detail) VALUES (?1, ?2) RETURNING id"),
      remove_failure_(database, "DELETE FROM failure WHERE id = ?1") {}

std::expected<void, Failure> ResultTable::add(std::span<const Result> results) {
  if (results.empty()) return {};
  const auto end = std::ranges::max(results, {}, &Result::started).started;
  numbers_.clear();
  for (const auto& result : results) {
    const auto circumstance = circumstances_.id(result, end);
    if (!circumstance) return std::unexpected(circumstance.error());
    if (auto marked = due_hours_.mark(circumstance->route, result); !marked) return marked;
    const auto failure = add_failure(result);
    if (!failure) return std::unexpected(failure.error());
    numbers_.push_back(numbers_of(result, circumstance->id, *failure));
  }
  return blocks_.add(journal, numbers_);
}

std::expected<std::int64_t, Failure> ResultTable::add_failure(const Result& result) {
  const std::string_view trace_id = keeps_trace_id(result) ? result.trace_id : std::string_view();
  std::int64_t id = 0;
  if (trace_id.empty() && result.detail.empty()) return id;
  const auto read = [&id](Row& row) {
    id = row.integer();
    return true;
  };
  auto done = for_each_row(add_failure_, read, trace_id, result.detail);
  if (!done) return std::unexpected(std::move(done.error()));
  return id;
}

std::expected<bool, Failure> ResultTable::can_compact(std::uint64_t least) {
  const auto segment = blocks_.find_segment(least);
  if (!segment) return std::unexpected(segment.error());
  return segment->has_value();
}

std::expected<std::uint64_t, Failure> ResultTable::compact(std::uint64_t least) {
  return compaction_.step(least);
}

std::expected<std::uint64_t, Failure> ResultTable::forget(Timestamp before, std::uint32_t limit) {
  const auto end = due_hours_.limit_forgetting(before);
  if (!end) return std::unexpected(end.error());
  std::uint64_t forgotten = 0;
  while (forgotten < limit) {
    const auto stored = blocks_.outdated(*end);
    if (!stored) return std::unexpected(stored.error());
    if (!*stored) break;
    if (auto removed = remove(**stored); !removed) return std::unexpected(removed.error());
    forgotten += static_cast<std::uint64_t>(std::max<std::int64_t>((*stored)->block.count, 1));
  }
  if (forgotten < limit) {
    compaction_.forget();
    if (auto done = circumstances_.forget(*end, limit); !done) {
      return std::unexpected(std::move(done.error()));
    }
  }
  return forgotten;
}

// What its failures hold cannot be found in a damaged block, and stays.
std::expected<void, Failure> ResultTable::remove(const StoredBlock& stored) {
  if (const auto results = decode_block(stored.block)) {
    for (const auto& result : *results) {
      const auto failure = result[BlockColumn::Failure];
      if (failure == 0) continue;
      if (auto removed = remove_failure_.bind(failure).run(); !removed) return removed;
    }
  }
  blocks_.count_down(stored.id >> segment_bits,
                     static_cast<std::uint64_t>(std::max<std::int64_t>(stored.block.count, 0)));
  return blocks_.remove(stored.id, stored.id + 1);
}

void ResultTable::roll_back() {
  blocks_.roll_back();
  circumstances_.roll_back();
  compaction_.forget();
  due_hours_.roll_back();
}

}  // namespace gatewatch::storage::sqlite

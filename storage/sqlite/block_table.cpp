#include "storage/sqlite/block_table.h"

#include <algorithm>
#include <limits>
#include <ranges>
#include <tuple>
#include <utility>

#include <fmt/format.h>

namespace gatewatch::storage::sqlite {

namespace {

constexpr auto put_sql =
    "INSERT OR REPLACE INTO block (id, route, region, data, from_us, to_us, count, step_us, "
    "circumstance_end, failure_end, started_end, dns_end, connect_end, tls_end, send_end, "
    "wait_end, receive_end, body_end, circumstance_base, failure_base, started_base, dns_base, "
    "connect_base, tls_base, send_base, wait_base, receive_base, body_base) VALUES (?1, ?2, ?3, "
    "?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, "
    "?23, ?24, ?25, ?26, ?27, ?28)";

// Regions take turns in the spans of a route; one that ended long ago is not searched for.
constexpr auto span_before_sql =
    "SELECT {0} FROM (SELECT * FROM block WHERE route = ?1 AND from_us <= ?3 ORDER BY to_us DESC "
    "LIMIT 16) WHERE region = ?2 LIMIT 1";

static_assert(segment_bits == 32);
constexpr auto count_loose_sql =
    "SELECT id >> 32, max(id), sum(count) FROM block WHERE id >= ?1 GROUP BY 1";

std::string select(const char* rest) {
  return fmt::format("SELECT {} FROM block {}", block_columns, rest);
}

template <typename... Values>
std::expected<std::optional<StoredBlock>, Failure> read_one(Statement& statement,
                                                            const Values&... values) {
  std::optional<StoredBlock> block;
  const auto read = [&block](Row& row) {
    block = read_block(row);
    return false;
  };
  auto done = for_each_row(statement, read, values...);
  if (!done) return std::unexpected(std::move(done.error()));
  return block;
}

// What an INSERT says of a block in numbers.
auto numbers_of(const ResultBlock& block, std::span<const ResultNumbers> results) {
  const auto started = [](const ResultNumbers& result) { return result[BlockColumn::Started]; };
  const auto [oldest, newest] = std::ranges::minmax_element(results, {}, started);
  const std::array own = {started(*oldest), started(*newest), block.count, block.step_us};
  return std::tuple_cat(own, block.ends, block.bases);
}

}  // namespace

const char* const block_columns =
    "id, from_us, to_us, count, step_us, circumstance_end, failure_end, started_end, dns_end, "
    "connect_end, tls_end, send_end, wait_end, receive_end, body_end, circumstance_base, "
    "failure_base, started_base, dns_base, connect_base, tls_base, send_base, wait_base, "
    "receive_base, body_base, data";

StoredBlock read_block(Row& row) {
  StoredBlock stored;
  for (auto* const number :
       {&stored.id, &stored.from_us, &stored.to_us, &stored.block.count, &stored.block.step_us}) {
    *number = row.integer();
  }
  for (auto& end : stored.block.ends) end = row.integer();
  for (auto& base : stored.block.bases) base = row.integer();
  stored.block.data = row.text();
  return stored;
}

BlockTable::BlockTable(Database& database)
    : count_loose_(database, count_loose_sql),
      newest_id_(database, "SELECT ifnull(max(id), 0) FROM block WHERE id < ?1"),
      put_(database, put_sql),
      span_before_(database, fmt::format(span_before_sql, block_columns)),
      first_(database, select("WHERE id >= ?1 AND id < ?2 ORDER BY id LIMIT 1")),
      outdated_span_(database,
                     select("WHERE route IS NOT NULL AND to_us < ?1 ORDER BY to_us LIMIT 1")),
      outdated_loose_(database, select("WHERE id >= ?2 AND to_us < ?1 ORDER BY id LIMIT 1")),
      remove_(database, "DELETE FROM block WHERE id >= ?1 AND id < ?2") {}

std::expected<void, Failure> BlockTable::count_loose() {
  if (loose_) return {};
  std::map<Segment, Loose> loose;
  const auto read = [&loose](Row& row) {
    const auto segment = row.integer();
    loose[segment] = {.newest_id = row.integer(), .results = row.count()};
    return true;
  };
  auto done = for_each_row(count_loose_, read, first_block(first_partition));
  if (done) loose_ = std::move(loose);
  return done;
}

std::expected<std::int64_t, Failure> BlockTable::next_span_id() {
  if (!newest_span_id_) {
    const auto read = [this](Row& row) {
      newest_span_id_ = row.integer();
      return false;
    };
    auto done = for_each_row(newest_id_, read, first_block(first_partition));
    if (!done) return std::unexpected(std::move(done.error()));
  }
  return ++*newest_span_id_;
}

std::expected<void, Failure> BlockTable::put(std::int64_t id, std::optional<SpanOwner> owner,
                                             const ResultBlock& block,
                                             std::span<const ResultNumbers> results) {
  std::optional<std::int64_t> route;
  std::optional<std::int64_t> region;
  if (owner) std::tie(route, region) = std::tie(owner->route, owner->region);
  const auto bind = [&](const auto&... numbers) -> Statement& {
    return put_.bind(id, route, region, Blob{block.data}, numbers...);
  };
  return std::apply(bind, numbers_of(block, results)).run();
}

std::expected<void, Failure> BlockTable::add(Segment segment,
                                             std::span<const ResultNumbers> results) {
  if (auto counted = count_loose(); !counted) return counted;
  const Loose none{.newest_id = first_block(segment) - 1};
  auto& loose = loose_->try_emplace(segment, none).first->second;
  while (!results.empty()) {
    const auto block = encode_block(results, std::numeric_limits<std::size_t>::max());
    const auto taken = results.first(static_cast<std::size_t>(block.count));
    if (auto done = put(++loose.newest_id, std::nullopt, block, taken); !done) return done;
    loose.results += taken.size();
    results = results.subspan(taken.size());
  }
  return {};
}

std::expected<void, Failure> BlockTable::put_span(std::optional<std::int64_t> id, SpanOwner owner,
                                                  const ResultBlock& block,
                                                  std::span<const ResultNumbers> results) {
  if (id) return put(*id, owner, block, results);
  const auto next = next_span_id();
  if (!next) return std::unexpected(next.error());
  return put(*next, owner, block, results);
}

std::expected<void, Failure> BlockTable::remove(std::int64_t first, std::int64_t before) {
  return remove_.bind(first, before).run();
}

void BlockTable::count_down(Segment segment, std::uint64_t results) {
  if (!loose_) return;
  const auto loose = loose_->find(segment);
  if (loose != loose_->end()) loose->second.results -= std::min(loose->second.results, results);
}

void BlockTable::roll_back() {
  newest_span_id_.reset();
  loose_.reset();
}

std::expected<std::optional<StoredBlock>, Failure> BlockTable::span_before(SpanOwner owner,
                                                                           std::int64_t from_us) {
  return read_one(span_before_, owner.route, owner.region, from_us);
}

std::expected<std::optional<Segment>, Failure> BlockTable::find_segment(std::uint64_t results) {
  if (auto counted = count_loose(); !counted) return std::unexpected(counted.error());
  for (const auto& [segment, loose] : std::views::reverse(*loose_)) {
    if (loose.results >= std::max<std::uint64_t>(results, 1)) return segment;
  }
  return std::nullopt;
}

std::expected<std::optional<StoredBlock>, Failure> BlockTable::first(std::int64_t id,
                                                                     std::int64_t before) {
  return read_one(first_, id, before);
}

std::expected<std::optional<StoredBlock>, Failure> BlockTable::outdated(Timestamp before) {
  auto span = read_one(outdated_span_, before);
  if (!span || *span) return span;
  return read_one(outdated_loose_, before, first_block(first_partition));
}

}  // namespace gatewatch::storage::sqlite

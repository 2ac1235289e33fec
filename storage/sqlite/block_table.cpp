#include "storage/sqlite/block_table.h"

#include <algorithm>
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
constexpr auto newest_span_sql =
    "SELECT {0} FROM (SELECT * FROM block WHERE route = ?1 ORDER BY to_us DESC LIMIT 16) "
    "WHERE region = ?2 LIMIT 1";

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
    : newest_id_(database, "SELECT max(id) FROM block WHERE id >= ?1 AND id < ?2"),
      put_(database, put_sql),
      newest_span_(database, fmt::format(newest_span_sql, block_columns)),
      first_(database, select("WHERE id >= ?1 AND id < ?2 ORDER BY id LIMIT 1")),
      outdated_span_(database,
                     select("WHERE route IS NOT NULL AND to_us < ?1 ORDER BY to_us LIMIT 1")),
      outdated_journal_(database, select("WHERE id >= ?2 AND to_us < ?1 ORDER BY id LIMIT 1")),
      remove_(database, "DELETE FROM block WHERE id >= ?1 AND id < ?2") {}

std::expected<std::int64_t, Failure> BlockTable::next_id(std::optional<std::int64_t>& newest,
                                                         std::int64_t first, std::int64_t before) {
  if (!newest) {
    const auto read = [&](Row& row) {
      newest = row.maybe_integer().value_or(first - 1);
      return false;
    };
    auto done = for_each_row(newest_id_, read, first, before);
    if (!done) return std::unexpected(std::move(done.error()));
  }
  return ++*newest;
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

std::expected<void, Failure> BlockTable::add_to_journal(const ResultBlock& block,
                                                        std::span<const ResultNumbers> results) {
  const auto id = next_id(newest_journal_id_, journal_begin, journal_end);
  if (!id) return std::unexpected(id.error());
  return put(*id, std::nullopt, block, results);
}

std::expected<void, Failure> BlockTable::put_span(std::optional<std::int64_t> id, SpanOwner owner,
                                                  const ResultBlock& block,
                                                  std::span<const ResultNumbers> results) {
  if (id) return put(*id, owner, block, results);
  const auto next = next_id(newest_span_id_, 1, journal_begin);
  if (!next) return std::unexpected(next.error());
  return put(*next, owner, block, results);
}

void BlockTable::roll_back() {
  newest_span_id_.reset();
  newest_journal_id_.reset();
}

std::expected<std::optional<StoredBlock>, Failure> BlockTable::newest_span(SpanOwner owner) {
  return read_one(newest_span_, owner.route, owner.region);
}

std::expected<std::optional<StoredBlock>, Failure> BlockTable::first(std::int64_t id,
                                                                     std::int64_t before) {
  return read_one(first_, id, before);
}

std::expected<std::optional<StoredBlock>, Failure> BlockTable::outdated(Timestamp before) {
  auto span = read_one(outdated_span_, before);
  if (!span || *span) return span;
  return read_one(outdated_journal_, before, journal_begin);
}

std::expected<void, Failure> BlockTable::remove(std::int64_t first, std::int64_t before) {
  return remove_.bind(first, before).run();
}

}  // namespace gatewatch::storage::sqlite

#include "storage/sqlite/rollup_maker.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include <fmt/format.h>

namespace gatewatch::storage::sqlite {

namespace {

using std::chrono::microseconds;

std::optional<ProbeKind> kind_named(std::string_view name) {
  for (const auto kind : {ProbeKind::Scheduled, ProbeKind::Confirmation, ProbeKind::Manual}) {
    if (probe_kind_name(kind) == name) return kind;
  }
  return std::nullopt;
}

std::string select_blocks(const char* condition) {
  return fmt::format("SELECT {} FROM block WHERE {} AND to_us >= ?1 AND from_us < ?2",
                     block_columns, condition);
}

microseconds duration_of(const ResultNumbers& numbers) {
  std::int64_t sum = 0;
  auto phase = static_cast<std::size_t>(BlockColumn::Dns);
  for (int index = 0; index < phase_count; ++index) sum += numbers.values[phase++];
  return microseconds(sum);
}

}  // namespace

RollupMaker::RollupMaker(Database& database, DueHours& due_hours, RollupTable& rollups)
    : due_hours_(due_hours),
      rollups_(rollups),
      circumstance_(
          database,
          "SELECT route, region, kind.text, outcome.text, status, interval_us, maintenance "
          "FROM circumstance JOIN word AS kind ON kind.id = circumstance.kind "
          "JOIN word AS outcome ON outcome.id = circumstance.outcome "
          "WHERE circumstance.id = ?1"),
      longest_interval_(database,
                        "SELECT ifnull(max(interval_us), 0) FROM circumstance WHERE route = ?1"),
      loose_(database, select_blocks("id >= ?3 AND id < ?4")),
      spans_(database, select_blocks("route = ?3")) {}

std::expected<std::uint64_t, Failure> RollupMaker::step(Timestamp until) {
  const auto due = due_hours_.next(until);
  if (!due) return std::unexpected(due.error());
  if (!*due) return 0;
  const auto hour = (*due)->hour;
  const Timestamp begin{microseconds(hour * hour_us)};
  Work work{
      .first_route = (*due)->routes * routes_per_mark,
      .before_us =
          std::min<Timestamp>(begin + std::chrono::hours(1), until).time_since_epoch().count()};
  std::int64_t longest = 0;
  for (auto route = work.first_route; route < work.first_route + routes_per_mark; ++route) {
    const auto standing = standing_us(route);
    if (!standing) return std::unexpected(standing.error());
    longest = std::max(longest, *standing);
    auto read = read_blocks(spans_, work, hour * hour_us - *standing, route);
    if (!read) return std::unexpected(std::move(read.error()));
  }
  for (const auto segment : {partition_of(work.first_route), journal}) {
    auto read = read_blocks(loose_, work, hour * hour_us - longest, first_block(segment),
                            first_block(segment + 1));
    if (!read) return std::unexpected(std::move(read.error()));
  }
  for (auto& [owner, samples] : work.samples) {
    // Those of one moment by what they say: the same however often it is made.
    std::ranges::sort(samples, {}, [](const RollupSample& sample) {
      return std::tuple(sample.sample.started, sample.sample.outcome, sample.sample.maintenance);
    });
    const auto rollup = roll_up_hour(samples, begin, until);
    if (rollup.hour.empty()) continue;
    if (auto put = rollups_.put(owner, hour, rollup); !put) return std::unexpected(put.error());
  }
  if (auto done = due_hours_.cross_out(**due, until); !done) return std::unexpected(done.error());
  return 1;
}

std::expected<std::int64_t, Failure> RollupMaker::standing_us(std::int64_t route) {
  auto standing = longest_standing(microseconds(0));
  const auto read = [&standing](Row& row) {
    standing = std::max(standing, longest_standing(row.duration()));
    return false;
  };
  auto done = for_each_row(longest_interval_, read, route);
  if (!done) return std::unexpected(std::move(done.error()));
  return standing.count();
}

template <typename... Values>
std::expected<void, Failure> RollupMaker::read_blocks(Statement& statement, Work& work,
                                                      std::int64_t from_us,
                                                      const Values&... values) {
  std::expected<void, Failure> taken;
  const auto read = [&](Row& row) {
    taken = take(read_block(row).block, from_us, work);
    return taken.has_value();
  };
  auto done = for_each_row(statement, read, from_us, work.before_us, values...);
  return taken ? done : taken;
}

std::expected<void, Failure> RollupMaker::take(const ResultBlock& block, std::int64_t from_us,
                                               Work& work) {
  const auto results = decode_block(block);
  if (!results) return {};
  for (const auto& numbers : *results) {
    const auto started = numbers[BlockColumn::Started];
    if (started < from_us || started >= work.before_us) continue;
    const auto shared = circumstance(numbers[BlockColumn::Circumstance]);
    if (!shared) return std::unexpected(shared.error());
    const auto& [owner, sample] = **shared;
    if (!sample || owner.route / routes_per_mark != work.first_route / routes_per_mark) continue;
    auto& added = work.samples[owner].emplace_back(*sample);
    added.sample.started = Timestamp(microseconds(started));
    added.duration = duration_of(numbers);
  }
  return {};
}

std::expected<const RollupMaker::Circumstance*, Failure> RollupMaker::circumstance(
    std::int64_t id) {
  const auto known = circumstances_.find(id);
  if (known != circumstances_.end()) return &known->second;
  Circumstance found;
  const auto read = [&found](Row& row) {
    found.owner = {.route = row.integer(), .region = row.integer()};
    const auto kind = kind_named(row.text());
    const auto outcome = outcome_named(row.text());
    const auto status = static_cast<int>(row.integer());
    const auto interval = row.duration();
    const auto maintenance = row.integer() != 0;
    if (!kind || !outcome) return false;
    found.sample = {.sample = {.started = {},
                               .interval = interval,
                               .outcome = *outcome,
                               .maintenance = maintenance},
                    .kind = *kind,
                    .status = status};
    return false;
  };
  auto done = for_each_row(circumstance_, read, id);
  if (!done) return std::unexpected(std::move(done.error()));
  if (circumstances_.size() == most_circumstances) circumstances_.clear();
  return &circumstances_.emplace(id, found).first->second;
}

}  // namespace gatewatch::storage::sqlite

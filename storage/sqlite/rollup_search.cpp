#include "storage/sqlite/rollup_search.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "storage/day_span.h"
#include "storage/minute_block.h"
#include "storage/sqlite/due_hours.h"
#include "storage/sqlite/rollup_table.h"

namespace gatewatch::storage::sqlite {

namespace {

using std::chrono::microseconds;

// The names of columns, or a condition.
std::string with_text(const char* sql, const char* text) {
  return fmt::format(fmt::runtime(sql), text);
}

constexpr auto series_sql =
    "SELECT series.id, route.text, region.text FROM route JOIN series ON series.route = route.id "
    "JOIN region ON region.id = series.region WHERE {} ORDER BY route.text, region.text";

// ?1 is the series, ?2 and ?3 are numbers from the epoch on.
constexpr auto hours_sql =
    "SELECT {}, id & 0xffffffff FROM hour_rollup "
    "WHERE id >= (?1 << 32) + ?2 AND id < (?1 << 32) + ?3 ORDER BY id";
constexpr auto minutes_sql =
    "SELECT id & 0xffffffff, status, step, end_base, end_bits, bucket_base, bucket_bits, others, "
    "data FROM minute_rollup WHERE id >= (?1 << 32) + ?2 AND id < (?1 << 32) + ?3 ORDER BY id";
constexpr auto days_sql =
    "SELECT id & 0xffffffff, data FROM day_span "
    "WHERE id >= (?1 << 32) + ?2 AND id < (?1 << 32) + ?3 ORDER BY id";

// The number of the first unit that begins at `time` or later, as far as there are rollups.
std::int64_t first_from(Timestamp time, std::chrono::seconds unit) {
  const auto unit_us = microseconds(unit).count();
  const auto time_us =
      std::clamp<std::int64_t>(time.time_since_epoch().count(), 0, end_of_hours * hour_us);
  return (time_us + unit_us - 1) / unit_us;
}

Timestamp begin_of(std::int64_t number, std::chrono::seconds unit) {
  return Timestamp(number * microseconds(unit));
}

}  // namespace

RollupSearch::RollupSearch(Database& database)
    : database_(database),
      series_of_route_(database, with_text(series_sql, "route.text = ?1")),
      all_series_(database, with_text(series_sql, "route.text > ?1")),
      hours_(database, with_text(hours_sql, hour_columns)),
      minutes_(database, minutes_sql),
      days_(database, days_sql) {}

template <typename... Values>
std::expected<std::vector<RollupSearch::Series>, Failure> RollupSearch::list(
    Statement& statement, const Values&... values) {
  std::vector<Series> list;
  const auto read = [&list](Row& row) {
    auto& series = list.emplace_back();
    series.id = row.integer();
    series.route = row.text();
    series.region = row.text();
    return true;
  };
  auto done = for_each_row(statement, read, values...);
  if (!done) return std::unexpected(std::move(done.error()));
  return list;
}

std::expected<std::vector<StoredRollup>, Failure> RollupSearch::find(const RollupQuery& query) {
  const auto list_of_series = list(series_of_route_, query.route);
  if (!list_of_series) return std::unexpected(list_of_series.error());
  Found found;
  for (const auto& series : *list_of_series) {
    auto added = query.step == RollupStep::Minute ? add_minutes(series, query, found)
                 : query.step == RollupStep::Hour ? add_hours(series, query, found)
                                                  : add_days(series, query, found);
    if (!added) return std::unexpected(std::move(added.error()));
  }
  std::ranges::sort(found, {}, [](const StoredRollup& rollup) {
    return std::pair(rollup.begin, std::string_view(rollup.region));
  });
  return found;
}

std::expected<void, Failure> RollupSearch::add_hours(const Series& series, const RollupQuery& query,
                                                     Found& found) {
  constexpr std::chrono::seconds hour = std::chrono::hours(1);
  std::expected<void, Failure> taken;
  const auto read = [&](Row& row) {
    auto rollup = read_hour(row, database_);
    if (!rollup) {
      taken = std::unexpected(rollup.error());
      return false;
    }
    found.push_back({series.region, begin_of(row.integer(), hour), std::move(*rollup)});
    return true;
  };
  auto done = for_each_row(hours_, read, series.id, first_from(query.from, hour),
                           first_from(query.before, hour));
  return taken ? done : taken;
}

std::expected<void, Failure> RollupSearch::add_minutes(const Series& series,
                                                       const RollupQuery& query, Found& found) {
  constexpr std::chrono::seconds hour = std::chrono::hours(1);
  std::expected<void, Failure> taken;
  const auto read = [&](Row& row) {
    auto begin = begin_of(row.integer(), hour);
    MinuteBlock block;
    for (auto* const number : {&block.status, &block.step, &block.end_base, &block.end_bits,
                               &block.bucket_base, &block.bucket_bits}) {
      *number = row.integer();
    }
    block.others = row.text();
    block.data = row.text();
    auto minutes = decode_minutes(block);
    if (!minutes) {
      taken = std::unexpected(rollup_damage(database_));
      return false;
    }
    for (auto& minute : *minutes) {
      if (!minute.empty() && begin >= query.from && begin < query.before) {
        found.push_back({series.region, begin, std::move(minute)});
      }
      begin += std::chrono::minutes(1);
    }
    return true;
  };
  auto done = for_each_row(minutes_, read, series.id,
                           first_from(std::chrono::floor<std::chrono::hours>(query.from), hour),
                           first_from(query.before, hour));
  return taken ? done : taken;
}

std::expected<void, Failure> RollupSearch::add_days(const Series& series, const RollupQuery& query,
                                                    Found& found) {
  constexpr std::chrono::seconds length = std::chrono::days(1);
  const auto visit = [&](std::int64_t day, const DayEntry& entry) {
    auto& stored = found.emplace_back();
    stored.region = series.region;
    stored.begin = begin_of(day, length);
    return entry.add_to(stored.rollup);
  };
  return for_each_day(series.id, first_from(query.from, length), first_from(query.before, length),
                      visit);
}

template <typename Visit>
std::expected<void, Failure> RollupSearch::for_each_day(std::int64_t series, std::int64_t first,
                                                        std::int64_t before, Visit visit) {
  bool is_whole = true;
  const auto read = [&](Row& row) {
    const auto first_of_span = row.integer() * days_per_span;
    const auto data = row.text();
    DaySpanReader days(data);
    while (const auto* const entry = days.next()) {
      const auto day = first_of_span + entry->day;
      if (day >= first && day < before) is_whole = visit(day, *entry) && is_whole;
    }
    is_whole = is_whole && !days.is_damaged();
    return is_whole;
  };
  auto done = for_each_row(days_, read, series, first / days_per_span,
                           (before + days_per_span - 1) / days_per_span);
  if (done && !is_whole) done = std::unexpected(rollup_damage(database_));
  return done;
}

std::expected<std::vector<RouteHistory>, Failure> RollupSearch::histories(
    const HistoryQuery& query) {
  const auto series =
      query.route.empty() ? list(all_series_, query.after) : list(series_of_route_, query.route);
  if (!series) return std::unexpected(series.error());
  const auto first = std::max<std::int64_t>(query.first_day.time_since_epoch().count(), 0);
  const auto before = query.first_day.time_since_epoch().count() + query.days;
  std::vector<RouteHistory> histories;
  std::uint32_t routes = 0;
  for (const auto& [id, route, region] : *series) {
    const bool is_next_route = histories.empty() || histories.back().route != route;
    auto& history = histories.emplace_back();
    history.route = route;
    history.region = region;
    history.days.resize(query.days);
    const auto visit = [&](std::int64_t day, const DayEntry& entry) {
      history.days[static_cast<std::size_t>(day - (before - query.days))] = entry.uptime;
      return entry.add_to(history.total);
    };
    auto done = for_each_day(id, first, before, visit);
    if (!done) return std::unexpected(std::move(done.error()));
    if (history.total.empty()) {
      histories.pop_back();
    } else if (is_next_route && ++routes > query.routes) {
      histories.pop_back();
      break;
    }
  }
  return histories;
}

}  // namespace gatewatch::storage::sqlite

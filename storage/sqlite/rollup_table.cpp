#include "storage/sqlite/rollup_table.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "storage/answer_list.h"
#include "storage/day_span.h"
#include "storage/minute_block.h"
#include "storage/sqlite/due_hours.h"

namespace gatewatch::storage::sqlite {

namespace {

constexpr std::size_t most_series = 100'000;  // kept in memory
constexpr std::int64_t hours_per_day = 24;
constexpr AnswerCount usual{{Outcome::Ok, 200, true}};

// The rows of every series before the number ?1, ?2 of them at most.
std::string forget_from(const char* table) {
  return fmt::format(
      "DELETE FROM {0} WHERE id IN (SELECT old.id FROM series CROSS JOIN "
      "{0} AS old ON old.id >= series.id << 32 AND old.id < (series.id << 32) + ?1 LIMIT ?2) "
      "RETURNING id",
      table);
}

// One that never comes where there is none.
constexpr auto oldest_hour_sql =
    "SELECT ifnull(min((SELECT id & 0xffffffff FROM hour_rollup WHERE id >= series.id << 32 "
    "AND id < series.id + 1 << 32 ORDER BY id LIMIT 1)), 1 << 31) FROM series";

std::expected<std::uint64_t, Failure> forget_rows(Statement& statement, std::int64_t before,
                                                  std::uint64_t limit) {
  std::uint64_t count = 0;
  const auto read = [&count](Row&) {
    ++count;
    return true;
  };
  auto done = for_each_row(statement, read, std::clamp<std::int64_t>(before, 0, 1LL << 31), limit);
  if (!done) return std::unexpected(std::move(done.error()));
  return count;
}

bool is_usual(const Rollup& rollup) {
  return rollup.answers.size() == 1 && rollup.answers.front().answer == usual.answer;
}

}  // namespace

const char* const hour_columns = "results, known_us, up_us, min_us, max_us, answers, sketch";

Failure rollup_damage(const Database& database) {
  return {SQLITE_CORRUPT,
          fmt::format("the database {} is damaged: a rollup cannot be read", database.path())};
}

std::expected<Rollup, Failure> read_hour(Row& row, const Database& database) {
  Rollup rollup;
  const auto results = row.count();
  rollup.uptime.known = row.duration();
  rollup.uptime.up = row.duration();
  const auto shortest = row.maybe_integer();
  const auto longest = row.maybe_integer();
  if (shortest) rollup.shortest = std::chrono::microseconds(*shortest);
  if (longest) rollup.longest = std::chrono::microseconds(*longest);
  if (const auto text = row.text(); text.empty()) {
    rollup.add(usual.answer, results);
  } else if (auto answers = read_answers(text)) {
    rollup.answers = std::move(*answers);
  } else {
    return std::unexpected(rollup_damage(database));
  }
  if (!rollup.latency.add_written(row.text())) return std::unexpected(rollup_damage(database));
  return rollup;
}

RollupTable::RollupTable(Database& database)
    : database_(database),
      find_series_(database, "SELECT id FROM series WHERE route = ?1 AND region = ?2"),
      add_series_(database, "INSERT INTO series (route, region) VALUES (?1, ?2) RETURNING id"),
      results_(database, "SELECT results FROM hour_rollup WHERE id = ?1"),
      put_hour_(database,
                "INSERT OR REPLACE INTO hour_rollup (id, results, known_us, up_us, min_us, p50_us, "
                "p95_us, p99_us, max_us, answers, sketch) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "
                "?9, ?10, ?11)"),
      put_minutes_(database,
                   "INSERT OR REPLACE INTO minute_rollup (id, status, step, end_base, end_bits, "
                   "bucket_base, bucket_bits, others, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, "
                   "?8, ?9)"),
      remove_minutes_(database, "DELETE FROM minute_rollup WHERE id = ?1"),
      hours_(database,
             fmt::format("SELECT {} FROM hour_rollup WHERE id >= ?1 AND id < ?2", hour_columns)),
      day_span_(database, "SELECT data FROM day_span WHERE id = ?1"),
      put_day_span_(database, "INSERT OR REPLACE INTO day_span (id, data) VALUES (?1, ?2)"),
      forget_hours_(database, forget_from("hour_rollup")),
      forget_minutes_(database, forget_from("minute_rollup")),
      forget_days_(database, forget_from("day_span")) {}

std::expected<std::int64_t, Failure> RollupTable::series_of(SpanOwner owner) {
  const auto known = series_.find(owner);
  if (known != series_.end()) return known->second;
  std::int64_t id = 0;
  const auto read = [&id](Row& row) {
    id = row.integer();
    return true;
  };
  auto done = for_each_row(find_series_, read, owner.route, owner.region);
  if (done && id == 0) done = for_each_row(add_series_, read, owner.route, owner.region);
  if (!done) return std::unexpected(std::move(done.error()));
  if (series_.size() == most_series) series_.clear();
  series_.emplace(owner, id);
  return id;
}

std::expected<void, Failure> RollupTable::put(SpanOwner owner, std::int64_t hour,
                                              const HourRollup& rollup) {
  const auto series = series_of(owner);
  if (!series) return std::unexpected(series.error());
  const auto id = rollup_id(*series, hour);
  std::uint64_t results = 0;
  const auto read = [&results](Row& row) {
    results = row.count();
    return false;
  };
  auto done = for_each_row(results_, read, id);
  if (!done || results > rollup.hour.results()) return done;
  done = put_hour(id, rollup.hour);
  if (done) done = put_minutes(id, rollup);
  if (done) done = put_day(*series, hour / hours_per_day);
  return done;
}

std::expected<void, Failure> RollupTable::put_hour(std::int64_t id, const Rollup& rollup) {
  std::optional<std::string> answers;
  if (!is_usual(rollup)) answers = write_answers(rollup.answers);
  std::string sketch;
  rollup.latency.write(sketch);
  return put_hour_
      .bind(id, rollup.results(), rollup.uptime.known, rollup.uptime.up, rollup.shortest,
            rollup.latency.quantile(50), rollup.latency.quantile(95), rollup.latency.quantile(99),
            rollup.longest, answers, Blob{sketch})
      .run();
}

std::expected<void, Failure> RollupTable::put_minutes(std::int64_t id, const HourRollup& rollup) {
  if (rollup.hour.answers.empty()) return remove_minutes_.bind(id).run();
  const auto block = encode_minutes(rollup.minutes);
  std::optional<std::string> others;
  if (!block.others.empty()) others = block.others;
  return put_minutes_
      .bind(id, block.status, block.step, block.end_base, block.end_bits, block.bucket_base,
            block.bucket_bits, others, Blob{block.data})
      .run();
}

// Hours that are damaged are left out.
std::expected<Rollup, Failure> RollupTable::day_of(std::int64_t series, std::int64_t day) {
  Rollup rollup;
  const auto add_hour = [&](Row& row) {
    if (const auto hour = read_hour(row, database_)) rollup.merge(*hour);
    return true;
  };
  auto done = for_each_row(hours_, add_hour, rollup_id(series, day * hours_per_day),
                           rollup_id(series, (day + 1) * hours_per_day));
  if (!done) return std::unexpected(std::move(done.error()));
  return rollup;
}

std::expected<void, Failure> RollupTable::put_day(std::int64_t series, std::int64_t day) {
  const auto id = rollup_id(series, day / days_per_span);
  std::string span;
  const auto read_span = [&span](Row& row) {
    span = row.text();
    return false;
  };
  if (auto done = for_each_row(day_span_, read_span, id); !done) return done;
  const auto put = [&](std::int64_t some_day) -> std::expected<void, Failure> {
    const auto rollup = day_of(series, some_day);
    if (!rollup) return std::unexpected(rollup.error());
    auto changed = with_day(span, some_day % days_per_span, *rollup);
    if (!changed) return std::unexpected(rollup_damage(database_));
    span = std::move(*changed);
    return {};
  };
  auto done = put(day);
  if (!done && done.error().is_damage()) {
    // All of the span again, as far as there are hours.
    span.clear();
    const auto first = day - day % days_per_span;
    done = put(first);
    for (auto next = first + 1; done && next < first + days_per_span; ++next) done = put(next);
  }
  if (!done) return done;
  return put_day_span_.bind(id, Blob{span}).run();
}

// Day by day, the oldest first. An hour goes when it is over before `before`, a span of days when
// all of them are.
std::expected<std::uint64_t, Failure> RollupTable::forget(Timestamp before, std::uint32_t limit) {
  const std::int64_t end = std::min<std::int64_t>(
      std::chrono::floor<std::chrono::hours>(before).time_since_epoch().count(), end_of_hours);
  std::uint64_t forgotten = 0;
  while (forgotten < limit) {
    const auto oldest = database_.number(oldest_hour_sql);
    if (!oldest) return std::unexpected(oldest.error());
    const auto until = std::min(end, (*oldest / hours_per_day + 1) * hours_per_day);
    const auto count = forget_before(until, limit - forgotten);
    if (!count) return count;
    forgotten += *count;
    if (until == end) break;
  }
  return forgotten;
}

std::expected<std::uint64_t, Failure> RollupTable::forget_before(std::int64_t hours,
                                                                 std::uint64_t limit) {
  std::uint64_t forgotten = 0;
  for (const auto& [statement, end] :
       {std::pair(&forget_hours_, hours), std::pair(&forget_minutes_, hours),
        std::pair(&forget_days_, hours / hours_per_day / days_per_span)}) {
    if (forgotten >= limit) break;
    const auto count = forget_rows(*statement, end, limit - forgotten);
    if (!count) return count;
    forgotten += *count;
  }
  return forgotten;
}

}  // namespace gatewatch::storage::sqlite

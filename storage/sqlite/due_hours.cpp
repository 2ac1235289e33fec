#include "storage/sqlite/due_hours.h"

#include <algorithm>
#include <limits>

#include "storage/uptime.h"

namespace gatewatch::storage::sqlite {

namespace {

std::int64_t hour_of(Timestamp time) {
  return std::chrono::floor<std::chrono::hours>(time).time_since_epoch().count();
}

// Below 2^56: an hour has 31 bits, and nobody has half a billion routes.
std::int64_t key_of(DueHour due) {
  return due.hour << 25 | due.routes;
}

}  // namespace

DueHours::DueHours(Database& database)
    : mark_(database, "INSERT OR IGNORE INTO rollup_due (hour, routes) VALUES (?1, ?2)"),
      next_(database,
            "SELECT hour, routes FROM rollup_due WHERE hour <= ?1 AND until_us < ?2 "
            "ORDER BY hour, routes LIMIT 1"),
      remove_(database, "DELETE FROM rollup_due WHERE hour = ?1 AND routes = ?2"),
      postpone_(database, "UPDATE rollup_due SET until_us = ?3 WHERE hour = ?1 AND routes = ?2"),
      oldest_(database, "SELECT hour FROM rollup_due ORDER BY hour LIMIT 1"),
      slowest_(database, "SELECT coalesce(max(interval_us), 0) FROM circumstance") {}

std::expected<void, Failure> DueHours::mark(std::int64_t route, const Result& result) {
  DueHour due{.hour = hour_of(result.started), .routes = route / routes_per_mark};
  if (due.hour < 0 || due.hour >= end_of_hours) return {};
  if (longest_interval_) longest_interval_ = std::max(*longest_interval_, result.interval);
  const auto last = result.kind == ProbeKind::Scheduled
                        ? hour_of(result.started + longest_standing(result.interval))
                        : due.hour;
  for (; due.hour <= last; ++due.hour) {
    if (marked_.size() >= most_marked) marked_.clear();
    if (!marked_.insert(key_of(due)).second) continue;
    if (auto marked = mark_.bind(due.hour, due.routes).run(); !marked) return marked;
  }
  return {};
}

std::expected<void, Failure> DueHours::cross_out(DueHour due, Timestamp until) {
  if (until.time_since_epoch().count() < (due.hour + 1) * hour_us) {
    return postpone_.bind(due.hour, due.routes, until).run();
  }
  marked_.erase(key_of(due));
  return remove_.bind(due.hour, due.routes).run();
}

std::expected<std::optional<DueHour>, Failure> DueHours::next(Timestamp until) {
  std::optional<DueHour> due;
  const auto read = [&due](Row& row) {
    due = {.hour = row.integer(), .routes = row.integer()};
    return false;
  };
  const Timestamp last = until - std::chrono::microseconds(1);
  auto done = for_each_row(next_, read, hour_of(last), until);
  if (!done) return std::unexpected(std::move(done.error()));
  return due;
}

std::expected<Timestamp, Failure> DueHours::limit_forgetting(Timestamp before) {
  if (!longest_interval_) {
    const auto note = [this](Row& row) {
      longest_interval_ = std::chrono::microseconds(row.integer());
      return false;
    };
    if (auto done = for_each_row(slowest_, note); !done) {
      return std::unexpected(std::move(done.error()));
    }
  }
  const auto read = [this, &before](Row& row) {
    const Timestamp begin{std::chrono::microseconds(row.integer() * hour_us)};
    before = std::min(before, begin - longest_standing(*longest_interval_));
    return false;
  };
  auto done = for_each_row(oldest_, read);
  if (!done) return std::unexpected(std::move(done.error()));
  return before;
}

}  // namespace gatewatch::storage::sqlite

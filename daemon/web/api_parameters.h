// The parameters of API requests, read strictly: an unknown name, a value out of range or a time
// that is none is an error that says what would be right.

#pragma once

#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "config/error.h"
#include "storage/records.h"
#include "storage/rollup_records.h"

namespace gatewatch::daemon::web {

using Parameters = std::map<std::string, std::string>;

inline constexpr std::uint32_t max_results = 1'000;  // of one answer
inline constexpr std::uint32_t max_incidents = 1'000;
inline constexpr std::uint32_t max_changes = 1'000;
inline constexpr std::uint32_t max_rollups = 2'000;  // of each region
inline constexpr std::uint32_t max_routes = 1'000;
inline constexpr std::uint32_t max_days = 400;

// route, from, before, limit.
[[nodiscard]] std::expected<storage::ResultQuery, Error> read_result_query(const Parameters& given);
// route, step, from, before. Without these two: the last day, of days the last 90 days.
[[nodiscard]] std::expected<storage::RollupQuery, Error> read_rollup_query(const Parameters& given,
                                                                           Timestamp now);
// route, after, days, limit. The last day is that of `now`.
[[nodiscard]] std::expected<storage::HistoryQuery, Error> read_history_query(
    const Parameters& given, Timestamp now);
// open, limit.
[[nodiscard]] std::expected<storage::IncidentQuery, Error> read_incident_query(
    const Parameters& given);
// from, before, limit.
[[nodiscard]] std::expected<storage::TimeQuery, Error> read_change_query(const Parameters& given);
[[nodiscard]] std::expected<void, Error> read_no_parameters(const Parameters& given);

// RFC 3339: "2026-11-20T10:05:06.123456Z", or with an offset; nothing where it is no time.
[[nodiscard]] std::optional<Timestamp> parse_timestamp(std::string_view text);
// In microseconds, so that reading it back gives the same time.
[[nodiscard]] std::string exact_timestamp(Timestamp time);

}  // namespace gatewatch::daemon::web

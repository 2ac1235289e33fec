#include "daemon/web/api_parameters.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <initializer_list>

#include <fmt/format.h>

#include "probes/text.h"

namespace gatewatch::daemon::web {
namespace {

using namespace std::chrono;

// Takes `count` digits and the byte `after` them (0: none) from the front.
std::optional<int> take_number(std::string_view& text, std::size_t count, char after) {
  const std::string_view digits = text.substr(0, count);
  int number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.size() != count || error != std::errc() || end != digits.data() + count ||
      number < 0) {
    return std::nullopt;
  }
  text.remove_prefix(count);
  if (after != 0) {
    if (!text.starts_with(after)) {
      return std::nullopt;
    }
    text.remove_prefix(1);
  }
  return number;
}

// ".123456": one to six digits; none where there is no dot.
std::optional<microseconds> take_fraction(std::string_view& text) {
  if (!text.starts_with('.')) {
    return microseconds(0);
  }
  text.remove_prefix(1);
  const std::size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
  if (count == 0 || count > 6) {
    return std::nullopt;
  }
  std::string digits(text.substr(0, count));
  digits.resize(6, '0');
  text.remove_prefix(count);
  return microseconds(std::stoi(digits));
}

// "Z", or "+01:00" up to the end.
std::optional<minutes> take_offset(std::string_view text) {
  if (text == "Z" || text == "z") {
    return minutes(0);
  }
  // A '+' that a client forgot to escape has become a blank.
  const bool is_behind = text.starts_with('-');
  if (!is_behind && !text.starts_with('+') && !text.starts_with(' ')) {
    return std::nullopt;
  }
  text.remove_prefix(1);
  const auto offset_hours = take_number(text, 2, ':');
  const auto offset_minutes = offset_hours ? take_number(text, 2, 0) : std::nullopt;
  if (!offset_minutes || !text.empty() || *offset_hours > 23 || *offset_minutes > 59) {
    return std::nullopt;
  }
  const minutes offset = hours(*offset_hours) + minutes(*offset_minutes);
  return is_behind ? -offset : offset;
}

Error mistake(std::string_view name, std::string_view value, std::string_view right) {
  return {fmt::format("The parameter {} is {}; right would be {}.", name, quote(value), right)};
}

std::optional<Error> unknown_parameter(const Parameters& given,
                                       std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : given) {
    if (std::ranges::find(known, name) == known.end()) {
      return Error{
          fmt::format("The parameter {} is unknown; known are: {}.", quote(name),
                      known.size() == 0 ? "none" : fmt::format("{}", fmt::join(known, ", ")))};
    }
  }
  return std::nullopt;
}

std::optional<Error> read_time(const Parameters& given, const std::string& name,
                               std::optional<Timestamp>& into) {
  const auto found = given.find(name);
  if (found == given.end()) {
    return std::nullopt;
  }
  into = parse_timestamp(found->second);
  if (into) {
    return std::nullopt;
  }
  return mistake(name, found->second, "a time like 2026-11-20T10:05:06Z");
}

std::optional<Error> read_number(const Parameters& given, const std::string& name,
                                 std::uint32_t most, std::uint32_t& into) {
  const auto found = given.find(name);
  if (found == given.end()) {
    return std::nullopt;
  }
  const std::string& text = found->second;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  if (error == std::errc() && end == text.data() + text.size() && into >= 1 && into <= most) {
    return std::nullopt;
  }
  return mistake(name, text, fmt::format("a number from 1 to {}", most));
}

std::optional<Error> read_limit(const Parameters& given, std::uint32_t most, std::uint32_t& into) {
  return read_number(given, "limit", most, into);
}

// from, before and limit of a query that has these.
template <typename Query>
std::optional<Error> read_span(const Parameters& given, Query& query, std::uint32_t most) {
  auto error = read_time(given, "from", query.from);
  if (!error) {
    error = read_time(given, "before", query.before);
  }
  return error ? error : read_limit(given, most, query.limit);
}

std::optional<Error> read_step(const Parameters& given, storage::RollupStep& into) {
  const auto found = given.find("step");
  if (found == given.end()) {
    return std::nullopt;
  }
  for (const auto& [name, step] :
       {std::pair("minute", storage::RollupStep::Minute),
        std::pair("hour", storage::RollupStep::Hour), std::pair("day", storage::RollupStep::Day)}) {
    if (found->second == name) {
      into = step;
      return std::nullopt;
    }
  }
  return mistake("step", found->second, "minute, hour or day");
}

void read_text(const Parameters& given, const std::string& name, std::string& into) {
  if (const auto found = given.find(name); found != given.end()) {
    into = found->second;
  }
}

}  // namespace

std::optional<Timestamp> parse_timestamp(std::string_view text) {
  const auto y = take_number(text, 4, '-');
  const auto mo = y ? take_number(text, 2, '-') : std::nullopt;
  const auto d = mo ? take_number(text, 2, 0) : std::nullopt;
  if (!d || (!text.starts_with('T') && !text.starts_with('t'))) {
    return std::nullopt;
  }
  text.remove_prefix(1);
  const auto h = take_number(text, 2, ':');
  const auto mi = h ? take_number(text, 2, ':') : std::nullopt;
  const auto s = mi ? take_number(text, 2, 0) : std::nullopt;
  const auto fraction = s ? take_fraction(text) : std::nullopt;
  const auto offset = fraction ? take_offset(text) : std::nullopt;
  if (!offset) {
    return std::nullopt;
  }
  const year_month_day date(year(*y), month(static_cast<unsigned>(*mo)),
                            day(static_cast<unsigned>(*d)));
  if (!date.ok() || *h > 23 || *mi > 59 || *s > 60) {
    return std::nullopt;
  }
  return Timestamp(sys_days(date)) + hours(*h) + minutes(*mi) + seconds(*s) + *fraction - *offset;
}

std::string exact_timestamp(Timestamp time) {
  const sys_days date = floor<days>(time);
  const year_month_day ymd(date);
  const hh_mm_ss clock(time - date);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(ymd.year()),
                     static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

std::expected<storage::ResultQuery, Error> read_result_query(const Parameters& given) {
  storage::ResultQuery query;
  auto error = unknown_parameter(given, {"route", "from", "before", "limit"});
  if (!error) {
    error = read_span(given, query, max_results);
  }
  if (error) {
    return std::unexpected(*error);
  }
  read_text(given, "route", query.route);
  return query;
}

std::expected<storage::RollupQuery, Error> read_rollup_query(const Parameters& given,
                                                             Timestamp now) {
  storage::RollupQuery query;
  std::optional<Timestamp> from;
  std::optional<Timestamp> before;
  auto error = unknown_parameter(given, {"route", "step", "from", "before"});
  if (!error) {
    error = read_step(given, query.step);
  }
  if (!error) {
    error = read_time(given, "from", from);
  }
  if (!error) {
    error = read_time(given, "before", before);
  }
  read_text(given, "route", query.route);
  if (!error && query.route.empty()) {
    error = Error{"The parameter route is missing: rollups are those of one route."};
  }
  if (error) {
    return std::unexpected(*error);
  }
  query.before = before.value_or(now);
  query.from = from.value_or(query.before - days(query.step == storage::RollupStep::Day ? 90 : 1));
  if (query.before - query.from > max_rollups * length_of(query.step)) {
    return std::unexpected(
        Error{fmt::format("From `from` to `before` there are more than {} steps; right would be a "
                          "longer step or less time.",
                          max_rollups)});
  }
  return query;
}

std::expected<storage::HistoryQuery, Error> read_history_query(const Parameters& given,
                                                               Timestamp now) {
  storage::HistoryQuery query;
  auto error = unknown_parameter(given, {"route", "after", "days", "limit"});
  if (!error) {
    error = read_number(given, "days", max_days, query.days);
  }
  if (!error) {
    error = read_limit(given, max_routes, query.routes);
  }
  if (error) {
    return std::unexpected(*error);
  }
  read_text(given, "route", query.route);
  read_text(given, "after", query.after);
  query.first_day = floor<days>(now) - days(query.days - 1);
  return query;
}

std::expected<storage::IncidentQuery, Error> read_incident_query(const Parameters& given) {
  storage::IncidentQuery query;
  auto error = unknown_parameter(given, {"open", "limit"});
  if (!error) {
    error = read_limit(given, max_incidents, query.limit);
  }
  if (error) {
    return std::unexpected(*error);
  }
  if (const auto open = given.find("open"); open != given.end()) {
    if (open->second != "true" && open->second != "false") {
      return std::unexpected(mistake("open", open->second, "true or false"));
    }
    query.open_only = open->second == "true";
  }
  return query;
}

std::expected<storage::TimeQuery, Error> read_change_query(const Parameters& given) {
  storage::TimeQuery query;
  auto error = unknown_parameter(given, {"from", "before", "limit"});
  if (!error) {
    error = read_span(given, query, max_changes);
  }
  if (error) {
    return std::unexpected(*error);
  }
  return query;
}

std::expected<void, Error> read_no_parameters(const Parameters& given) {
  if (const auto error = unknown_parameter(given, {})) {
    return std::unexpected(*error);
  }
  return {};
}

}  // namespace gatewatch::daemon::web

#include "config/time_zone.h"

#include <absl/time/civil_time.h>
#include <absl/time/time.h>
#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "config/digits.h"

namespace gatewatch::config {

struct TimeZone::Rules {
  absl::TimeZone zone;
};

namespace {

// Civil time and local_seconds count the same seconds, from the same day.
absl::CivilSecond civil(LocalTime local) {
  return absl::CivilSecond(1970, 1, 1) + local.time_since_epoch().count();
}

bool is_zone_name(std::string_view name) {
  constexpr std::string_view others = "/_+-";
  const bool fits = std::ranges::all_of(name, [others](char character) {
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           (character >= '0' && character <= '9') || others.contains(character);
  });
  return fits && !name.empty() && !name.starts_with('/') && name != "localtime";
}

// Reads from the front of a text; what does not fit leaves it as it was.
class Cursor {
 public:
  explicit Cursor(std::string_view rest) : rest_(rest) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  bool skip(char character) {
    if (!rest_.starts_with(character)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::optional<int> number(std::size_t digits) {
    if (rest_.size() < digits) return std::nullopt;
    const auto value = parse_digits(rest_.substr(0, digits));
    if (value) rest_.remove_prefix(digits);
    return value;
  }

 private:
  std::string_view rest_;
};

struct Written {
  LocalTime local;
  std::optional<std::chrono::minutes> offset;
};

std::optional<LocalTime> read_local(Cursor& cursor) {
  using namespace std::chrono;
  const auto y = cursor.number(4);
  if (!y || !cursor.skip('-')) return std::nullopt;
  const auto m = cursor.number(2);
  if (!m || !cursor.skip('-')) return std::nullopt;
  const auto d = cursor.number(2);
  if (!d || (!cursor.skip('T') && !cursor.skip(' '))) return std::nullopt;
  const auto hour = cursor.number(2);
  if (!hour || !cursor.skip(':')) return std::nullopt;
  const auto minute = cursor.number(2);
  if (!minute) return std::nullopt;
  const auto second = cursor.skip(':') ? cursor.number(2) : std::optional(0);
  const year_month_day date(year(*y), month(static_cast<unsigned>(*m)),
                            day(static_cast<unsigned>(*d)));
  if (!second || !date.ok() || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  return local_days(date) + hours(*hour) + minutes(*minute) + seconds(*second);
}

std::optional<Written> read_written(std::string_view text) {
  Cursor cursor(text);
  const auto local = read_local(cursor);
  if (!local) return std::nullopt;
  if (cursor.at_end()) return Written{*local, std::nullopt};
  if (cursor.skip('Z')) {
    if (!cursor.at_end()) return std::nullopt;
    return Written{*local, std::chrono::minutes(0)};
  }
  const bool is_west = cursor.skip('-');
  if (!is_west && !cursor.skip('+')) return std::nullopt;
  const auto hours = cursor.number(2);
  if (!hours || !cursor.skip(':')) return std::nullopt;
  const auto minutes = cursor.number(2);
  if (!minutes || !cursor.at_end() || *hours > 23 || *minutes > 59) return std::nullopt;
  const auto offset = std::chrono::minutes(*hours * 60 + *minutes);
  return Written{*local, is_west ? -offset : offset};
}

}  // namespace

TimeZone::TimeZone()
    : name_("UTC"), rules_(std::make_shared<const Rules>(Rules{absl::UTCTimeZone()})) {}

std::expected<TimeZone, Error> TimeZone::find(std::string_view name) {
  TimeZone found;
  found.name_ = name;
  absl::TimeZone zone;
  if (!is_zone_name(name) || !absl::LoadTimeZone(found.name_, &zone)) {
    return std::unexpected(Error{fmt::format(
        "\"{}\" is no time zone of this system: write one like \"Europe/Berlin\", or \"UTC\"",
        name)});
  }
  found.rules_ = std::make_shared<const Rules>(Rules{zone});
  return found;
}

Moment TimeZone::first(LocalTime local) const {
  const auto found = rules_->zone.At(civil(local));
  const bool skipped = found.kind == absl::TimeZone::TimeInfo::SKIPPED;
  return Moment(std::chrono::seconds(absl::ToUnixSeconds(skipped ? found.trans : found.pre)));
}

bool TimeZone::skips(LocalTime local) const {
  return rules_->zone.At(civil(local)).kind == absl::TimeZone::TimeInfo::SKIPPED;
}

LocalTime TimeZone::local(Moment moment) const {
  const auto found = rules_->zone.At(absl::FromUnixSeconds(moment.time_since_epoch().count()));
  return LocalTime(std::chrono::seconds(found.cs - absl::CivilSecond(1970, 1, 1)));
}

std::string TimeZone::text(Moment moment) const {
  return absl::FormatTime("%Y-%m-%d %H:%M %Z",
                          absl::FromUnixSeconds(moment.time_since_epoch().count()), rules_->zone);
}

std::expected<Moment, Error> parse_moment(std::string_view text, const TimeZone* zone) {
  const auto written = read_written(text);
  if (!written) {
    return std::unexpected(Error{fmt::format(
        "\"{}\" is no time: write one like \"2026-11-20T22:30:00Z\" or \"2026-11-20 22:30\"",
        text)});
  }
  if (written->offset) {
    return Moment(written->local.time_since_epoch() - *written->offset);
  }
  if (zone == nullptr) {
    return std::unexpected(Error{
        fmt::format("\"{}\" does not say where: add Z or an offset to it (\"{}Z\"), or `timezone`",
                    text, text)});
  }
  if (zone->skips(written->local)) {
    return std::unexpected(
        Error{fmt::format("\"{}\" does not exist in {}: clocks jump over it", text, zone->name())});
  }
  return zone->first(written->local);
}

}  // namespace gatewatch::config

#include "config/calendar.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <ranges>
#include <utility>

#include <fmt/format.h>

#include "config/digits.h"
#include "config/syntax.h"

namespace gatewatch::config {
namespace {

namespace chrono = std::chrono;

constexpr int first_year = 1970;
constexpr int last_year = 2199;

constexpr std::array<std::string_view, 7> weekday_names = {
    "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};

struct Shorthand {
  std::string_view name;
  std::string_view meaning;
};
constexpr std::array<Shorthand, 10> shorthands = {{{"minutely", "*-*-* *:*:00"},
                                                   {"hourly", "*-*-* *:00:00"},
                                                   {"daily", "*-*-* 00:00:00"},
                                                   {"weekly", "Mon *-*-* 00:00:00"},
                                                   {"monthly", "*-*-01 00:00:00"},
                                                   {"quarterly", "*-01,04,07,10-01 00:00:00"},
                                                   {"semiannually", "*-01,07-01 00:00:00"},
                                                   {"yearly", "*-01-01 00:00:00"},
                                                   {"annually", "*-01-01 00:00:00"},
                                                   {"anually", "*-01-01 00:00:00"}}};

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<int> weekday_named(std::string_view text) {
  const auto name = lower_case(text);
  for (std::size_t day = 0; day < weekday_names.size(); ++day) {
    if (name == weekday_names.at(day) || name == weekday_names.at(day).substr(0, 3)) {
      return static_cast<int>(day);
    }
  }
  return std::nullopt;
}

bool is_letter(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}

Error refusal(std::string_view text, std::string_view why) {
  return Error{fmt::format(
      "\"{}\" is no calendar expression: {}; write one like \"Sun 02:00\", \"Mon..Fri 22:30\" or "
      "\"*-*-01 03:00\"",
      text, why)};
}

}  // namespace

// "a", "a..b", "a/step", "a..b/step" or "*", by commas. Each within [least, most]; mirrored, `most`
// stands for `least` and so on, and steps go on towards it.
std::optional<std::vector<Calendar::Span>> Calendar::read_spans(std::string_view text, int least,
                                                                int most, bool mirrored) {
  const auto number = [=](std::string_view digits) -> std::optional<int> {
    const auto value = parse_digits(digits);
    if (!value || *value < least || *value > most) return std::nullopt;
    return mirrored ? least + most - *value : *value;
  };
  std::vector<Span> spans;
  for (const auto part : split(text, ',')) {
    const auto slash = part.find('/');
    const auto range = part.substr(0, slash);
    const auto dots = range.find("..");
    const bool has_step = slash != std::string_view::npos;
    const auto first = range == "*" ? least : number(range.substr(0, dots));
    // A step goes on to the end.
    const auto last = dots != std::string_view::npos ? number(range.substr(dots + 2))
                      : range == "*" || has_step     ? most
                                                     : first;
    const auto step = has_step ? parse_digits(part.substr(slash + 1)) : 1;
    if (!first || !last || !step || *step < 1 || *first > *last) return std::nullopt;
    spans.push_back({*first, *last, *step});
  }
  return spans;
}

template <std::size_t Size>
bool Calendar::read_set(std::string_view text, int least, std::bitset<Size>& into, bool mirrored) {
  const auto spans = read_spans(text, least, static_cast<int>(Size) - 1, mirrored);
  if (!spans) return false;
  for (const auto& span : *spans) {
    for (int value = span.first; value <= span.last; value += span.step) {
      into.set(static_cast<std::size_t>(value));
    }
  }
  return true;
}

std::optional<Error> Calendar::read_weekdays(std::string_view text) {
  for (const auto part : split(text, ',')) {
    const auto dots = part.find("..");
    const auto first = weekday_named(part.substr(0, dots));
    const auto last = dots == std::string_view::npos ? first : weekday_named(part.substr(dots + 2));
    if (!first || !last) {
      return Error{
          fmt::format("\"{}\" is no day of the week, and a time zone belongs into "
                      "`timezone`",
                      part)};
    }
    // A range may go over the end of the week: Fri..Mon.
    for (int day = *first;; day = (day + 1) % 7) {
      weekdays_.set(static_cast<std::size_t>(day));
      if (day == *last) break;
    }
  }
  return std::nullopt;
}

std::optional<Error> Calendar::read_date(std::string_view text) {
  const auto end_mark = text.find('~');
  from_the_end_ = end_mark != std::string_view::npos;
  std::string date(text);
  if (from_the_end_) date[end_mark] = '-';
  auto parts = split(date, '-');
  if (parts.size() == 2) parts.insert(parts.begin(), "*");
  const bool mark_is_last = !from_the_end_ || text.find('-', end_mark) == std::string_view::npos;
  if (parts.size() != 3 || !mark_is_last) {
    return Error{fmt::format("the date \"{}\" is not of the form YEAR-MONTH-DAY", text)};
  }
  auto years = read_spans(parts[0], first_year, last_year);
  if (!years) return Error{fmt::format("the year \"{}\" is none", parts[0])};
  years_ = *std::move(years);
  if (!read_set(parts[1], 1, months_)) {
    return Error{fmt::format("the month \"{}\" is none", parts[1])};
  }
  if (!read_set(parts[2], 1, days_, from_the_end_))
    return Error{fmt::format("the day \"{}\" is none", parts[2])};
  return std::nullopt;
}

std::optional<Error> Calendar::read_time(std::string_view text) {
  auto parts = split(text, ':');
  if (parts.size() == 2) parts.emplace_back("00");
  if (parts.size() != 3) {
    return Error{fmt::format("the time \"{}\" is not of the form HOUR:MINUTE", text)};
  }
  if (!read_set(parts[0], 0, hours_))
    return Error{fmt::format("the hour \"{}\" is none", parts[0])};
  if (!read_set(parts[1], 0, minutes_)) {
    return Error{fmt::format("the minute \"{}\" is none", parts[1])};
  }
  if (!read_set(parts[2], 0, seconds_)) {
    return Error{fmt::format("the second \"{}\" is none (whole ones alone)", parts[2])};
  }
  return std::nullopt;
}

std::optional<Error> Calendar::read(std::string_view text) {
  const auto shorthand = std::ranges::find(shorthands, lower_case(text), &Shorthand::name);
  if (shorthand != shorthands.end()) text = shorthand->meaning;
  auto parts = split(text, ' ');
  std::erase_if(parts, [](std::string_view part) { return part.empty(); });
  if (parts.empty()) return Error{"it is empty"};
  auto part = parts.begin();
  if (is_letter(part->front())) {
    if (auto error = read_weekdays(*part)) return error;
    ++part;
  } else {
    weekdays_.set();
  }
  const bool has_date = part != parts.end() && part->find(':') == std::string_view::npos;
  if (auto error = read_date(has_date ? *part++ : "*-*-*")) return error;
  if (auto error = read_time(part == parts.end() ? "00:00:00" : *part++)) return error;
  if (part == parts.end()) return std::nullopt;
  if (is_letter(part->front())) {
    return Error{fmt::format("\"{}\" is too much: a time zone belongs into `timezone`", *part)};
  }
  return Error{fmt::format("\"{}\" is too much", *part)};
}

std::expected<Calendar, Error> Calendar::parse(std::string_view text) {
  Calendar calendar;
  calendar.text_ = text;
  if (const auto error = calendar.read(text)) {
    return std::unexpected(refusal(text, error->message));
  }
  if (!calendar.next(Moment{}, TimeZone())) {
    return std::unexpected(refusal(text, "no such day ever comes"));
  }
  return calendar;
}

bool Calendar::holds(chrono::year_month_day date) const {
  const auto year = static_cast<int>(date.year());
  const bool year_fits = std::ranges::any_of(years_, [year](const Span& span) {
    return year >= span.first && year <= span.last && (year - span.first) % span.step == 0;
  });
  if (!year_fits || !months_[static_cast<unsigned>(date.month())]) return false;
  const auto length = static_cast<unsigned>((date.year() / date.month() / chrono::last).day());
  const auto day = static_cast<unsigned>(date.day());
  if (!days_[from_the_end_ ? 31 - length + day : day]) return false;
  return weekdays_[chrono::weekday(chrono::local_days(date)).c_encoding()];
}

// Local time and the moments at which it comes first never run against each other, so an hour or a
// minute whose last second lies before `from` is passed over as a whole.
std::optional<Moment> Calendar::next_of_day(chrono::local_days day, Moment from,
                                            const TimeZone& zone) const {
  const auto lies_before = [&](LocalTime last) { return zone.first(last) < from; };
  for (std::size_t hour = 0; hour < hours_.size(); ++hour) {
    const auto of_hour = LocalTime(day) + chrono::hours(hour);
    if (!hours_[hour] || lies_before(of_hour + chrono::seconds(3599))) continue;
    for (std::size_t minute = 0; minute < minutes_.size(); ++minute) {
      const auto of_minute = of_hour + chrono::minutes(minute);
      if (!minutes_[minute] || lies_before(of_minute + chrono::seconds(59))) continue;
      for (std::size_t second = 0; second < seconds_.size(); ++second) {
        if (!seconds_[second]) continue;
        const auto start = zone.first(of_minute + chrono::seconds(second));
        if (start >= from) return start;
      }
    }
  }
  return std::nullopt;
}

std::optional<Moment> Calendar::next(Moment from, const TimeZone& zone) const {
  const auto end = chrono::local_days(chrono::year(last_year + 1) / 1 / 1);
  // The day before too: where clocks are set back at midnight, its last hour comes again.
  auto day = chrono::floor<chrono::days>(zone.local(from)) - chrono::days(1);
  for (; day < end; day += chrono::days(1)) {
    if (!holds(chrono::year_month_day(day))) continue;
    if (const auto start = next_of_day(day, from, zone)) return start;
  }
  return std::nullopt;
}

}  // namespace gatewatch::config

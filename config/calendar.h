// A calendar expression in the shape of systemd's OnCalendar= (systemd.time(7)): "Sun 02:00",
// "Mon..Fri 22:30", "*-*-01 03:00", "*-02~01 00:00", "daily". Whole seconds; the time zone is given
// apart. Pure.
//
// A time that clocks jump over comes when they jump, as a job that cron would catch up; one that
// comes twice comes the first time alone.

#pragma once

#include <bitset>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/error.h"
#include "config/time_zone.h"

namespace gatewatch::config {

class Calendar {
 public:
  // The error says what is wrong, and what would be right. What never comes is wrong too.
  [[nodiscard]] static std::expected<Calendar, Error> parse(std::string_view text);

  // The first start at `from` or later; none where there is none before the year 2200.
  [[nodiscard]] std::optional<Moment> next(Moment from, const TimeZone& zone) const;
  [[nodiscard]] const std::string& text() const { return text_; }

  friend bool operator==(const Calendar& left, const Calendar& right) {
    return left.text_ == right.text_;
  }

 private:
  // From `first` to `last` by `step`, both included.
  struct Span {
    int first;
    int last;
    int step;
  };

  [[nodiscard]] std::optional<Error> read(std::string_view text);
  [[nodiscard]] std::optional<Error> read_weekdays(std::string_view text);
  [[nodiscard]] std::optional<Error> read_date(std::string_view text);
  [[nodiscard]] std::optional<Error> read_time(std::string_view text);
  [[nodiscard]] bool holds(std::chrono::year_month_day date) const;
  [[nodiscard]] std::optional<Moment> next_of_day(std::chrono::local_days day, Moment from,
                                                  const TimeZone& zone) const;
  static std::optional<std::vector<Span>> read_spans(std::string_view text, int least, int most,
                                                     bool mirrored = false);
  template <std::size_t Size>
  static bool read_set(std::string_view text, int least, std::bitset<Size>& into,
                       bool mirrored = false);

  std::string text_;
  std::bitset<7> weekdays_;  // from Sunday
  std::vector<Span> years_;
  std::bitset<13> months_;
  std::bitset<32> days_;
  bool from_the_end_ = false;  // days_ are counted from the end of the month: 31 is the last
  std::bitset<24> hours_;
  std::bitset<60> minutes_;
  std::bitset<60> seconds_;
};

}  // namespace gatewatch::config

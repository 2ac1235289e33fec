// Wall-clock time as people write it: the time zones of the system (the IANA database of package
// tzdata), and moments within them. Only time_zone.cpp knows the library that reads them.

#pragma once

#include <chrono>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "config/error.h"

namespace gatewatch::config {

using Moment = std::chrono::sys_seconds;
using LocalTime = std::chrono::local_seconds;  // what a clock on some wall shows

// A value; copies are cheap. Two are equal that have the same name.
class TimeZone {
 public:
  TimeZone();  // UTC
  // "Europe/Berlin", "UTC". Reads a file where nobody asked for the zone before: not for a loop.
  [[nodiscard]] static std::expected<TimeZone, Error> find(std::string_view name);

  [[nodiscard]] const std::string& name() const { return name_; }
  // When clocks there show `local` for the first time. A time that they jump over comes when they
  // jump; of one that comes twice it is the first.
  [[nodiscard]] Moment first(LocalTime local) const;
  // Whether they jump over it.
  [[nodiscard]] bool skips(LocalTime local) const;
  [[nodiscard]] LocalTime local(Moment moment) const;
  // "2026-11-20 10:05 CET".
  [[nodiscard]] std::string text(Moment moment) const;

  friend bool operator==(const TimeZone& left, const TimeZone& right) {
    return left.name_ == right.name_;
  }

 private:
  struct Rules;
  std::string name_;
  std::shared_ptr<const Rules> rules_;
};

// "2026-11-20T10:05:06Z", "2026-11-20 10:05+01:00" (RFC 3339, where seconds and the T may be left
// out), or without an offset in `zone`. Whole seconds. The error says what would be right, and for
// a time that clocks jump over that it is none.
[[nodiscard]] std::expected<Moment, Error> parse_moment(std::string_view text,
                                                        const TimeZone* zone);

}  // namespace gatewatch::config

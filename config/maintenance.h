// A maintenance window: a time in which routes may fail without anybody being told, once or by a
// calendar. Pure.

#pragma once

#include <optional>
#include <string>

#include "config/calendar.h"
#include "config/scope.h"
#include "config/time_zone.h"
#include "config/units.h"

namespace gatewatch::config {

// From `starts` to before `ends`.
struct TimeSpan {
  Moment starts;
  Moment ends;

  friend bool operator==(const TimeSpan&, const TimeSpan&) = default;
};

struct Maintenance {
  std::string name{};
  Scope scope{};                   // routes and tags
  TimeZone zone{};                 // in which it is written
  std::optional<TimeSpan> once{};  // or, where it comes again and again,
  std::optional<Calendar> calendar{};
  Duration duration{0};  // of each, as a clock that nobody sets counts it

  // The window that is in force at `at`, else the next one; none where there is none any more.
  [[nodiscard]] std::optional<TimeSpan> window(Moment at) const;

  friend bool operator==(const Maintenance&, const Maintenance&) = default;
};

}  // namespace gatewatch::config

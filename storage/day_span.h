// The rollups of up to 16 days of one route and region as one row, which pages read thousands of.
// A form of our own: the view `rollups_hour` has the same numbers for SQL. Pure.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/rollup.h"

namespace gatewatch::storage {

inline constexpr std::int64_t days_per_span = 16;

// A day as it lies in a span; what it points to is the span's.
struct DayEntry {
  std::int64_t day = 0;  // within the span, from 0 on
  Uptime uptime{};
  std::vector<AnswerCount> answers{};
  std::optional<std::chrono::microseconds> shortest{};
  std::optional<std::chrono::microseconds> longest{};
  std::string_view sketch{};  // see LatencySketch::write

  // False where the sketch is none.
  [[nodiscard]] bool add_to(Rollup& rollup) const;
};

// The span with this day's rollup in the place of the one that it may have; one that is empty
// removes it. nullopt: `span` is damaged.
[[nodiscard]] std::optional<std::string> with_day(std::string_view span, std::int64_t day,
                                                  const Rollup& rollup);

// Reads a span's days, in their order.
class DaySpanReader {
 public:
  explicit DaySpanReader(std::string_view span) : rest_(span) {}

  // The next one, which holds until the call after this; null: there is none, or damage.
  [[nodiscard]] const DayEntry* next();
  [[nodiscard]] bool is_damaged() const { return damaged_; }
  // The bytes of the one that was read last.
  [[nodiscard]] std::string_view bytes() const { return bytes_; }

 private:
  [[nodiscard]] bool read();

  std::string_view rest_;
  std::string_view bytes_;
  DayEntry entry_;
  bool damaged_ = false;
};

}  // namespace gatewatch::storage

#include "storage/day_span.h"

#include <utility>

#include "storage/byte_stream.h"

namespace gatewatch::storage {

namespace {

using std::chrono::microseconds;

void put_duration(std::string& bytes, microseconds duration) {
  put_number(bytes, static_cast<std::uint64_t>(duration.count()));
}

bool take_duration(std::string_view& bytes, microseconds& duration) {
  const auto number = take_number(bytes);
  if (number) duration = microseconds(static_cast<std::int64_t>(*number));
  return number.has_value();
}

// The text of `size` bytes behind their number.
std::optional<std::string_view> take_bytes(std::string_view& bytes) {
  const auto size = take_number(bytes);
  if (!size || *size > bytes.size()) return std::nullopt;
  const auto taken = bytes.substr(0, *size);
  bytes.remove_prefix(*size);
  return taken;
}

void put_bytes(std::string& bytes, std::string_view put) {
  put_number(bytes, put.size());
  bytes += put;
}

std::optional<AnswerCount> take_answer(std::string_view& bytes) {
  const auto name = take_bytes(bytes);
  const auto status = name ? take_number(bytes) : std::nullopt;
  const auto scheduled = status ? take_number(bytes) : std::nullopt;
  const auto count = scheduled ? take_number(bytes) : std::nullopt;
  if (!count || !std::in_range<int>(*status)) return std::nullopt;
  const auto outcome = outcome_named(*name);
  if (!outcome) return std::nullopt;
  return AnswerCount{{*outcome, static_cast<int>(*status), *scheduled != 0}, *count};
}

std::string write_day(std::int64_t day, const Rollup& rollup) {
  std::string content;
  put_duration(content, rollup.uptime.known);
  put_duration(content, rollup.uptime.up);
  put_number(content, rollup.answers.size());
  for (const auto& [answer, count] : rollup.answers) {
    put_bytes(content, outcome_row(answer.outcome).name);
    put_number(content, static_cast<std::uint64_t>(answer.status));
    put_number(content, answer.scheduled ? 1 : 0);
    put_number(content, count);
  }
  put_number(content, rollup.shortest && rollup.longest ? 1 : 0);
  if (rollup.shortest && rollup.longest) {
    put_duration(content, *rollup.shortest);
    put_duration(content, *rollup.longest);
  }
  rollup.latency.write(content);
  std::string bytes;
  put_number(bytes, static_cast<std::uint64_t>(day));
  put_bytes(bytes, content);
  return bytes;
}

}  // namespace

bool DayEntry::add_to(Rollup& rollup) const {
  for (const auto& [answer, count] : answers) rollup.add(answer, count);
  rollup.uptime.merge(uptime);
  rollup.add_latency_range(shortest, longest);
  return rollup.latency.add_written(sketch);
}

std::optional<std::string> with_day(std::string_view span, std::int64_t day, const Rollup& rollup) {
  const auto entry = rollup.empty() ? std::string() : write_day(day, rollup);
  std::string bytes;
  bool is_placed = false;
  DaySpanReader days(span);
  while (const auto* const known = days.next()) {
    if (!is_placed && known->day >= day) {
      bytes += entry;
      is_placed = true;
    }
    if (known->day != day) bytes += days.bytes();
  }
  if (days.is_damaged()) return std::nullopt;
  if (!is_placed) bytes += entry;
  return bytes;
}

const DayEntry* DaySpanReader::next() {
  if (rest_.empty() || damaged_) return nullptr;
  damaged_ = !read();
  return damaged_ ? nullptr : &entry_;
}

bool DaySpanReader::read() {
  bytes_ = rest_;
  const auto day = take_number(rest_);
  auto content = day ? take_bytes(rest_) : std::nullopt;
  if (!content || *day >= static_cast<std::uint64_t>(days_per_span)) return false;
  bytes_.remove_suffix(rest_.size());
  entry_.day = static_cast<std::int64_t>(*day);
  entry_.answers.clear();
  entry_.shortest.reset();
  entry_.longest.reset();
  if (!take_duration(*content, entry_.uptime.known) || !take_duration(*content, entry_.uptime.up)) {
    return false;
  }
  const auto answers = take_number(*content);
  if (!answers) return false;
  for (std::uint64_t index = 0; index < *answers; ++index) {
    const auto answer = take_answer(*content);
    if (!answer) return false;
    entry_.answers.push_back(*answer);
  }
  const auto is_timed = take_number(*content);
  if (!is_timed) return false;
  if (*is_timed != 0) {
    microseconds shortest{};
    microseconds longest{};
    if (!take_duration(*content, shortest) || !take_duration(*content, longest)) return false;
    entry_.shortest = shortest;
    entry_.longest = longest;
  }
  entry_.sketch = *content;
  return true;
}

}  // namespace gatewatch::storage

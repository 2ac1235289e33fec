#include "storage/answer_list.h"

#include <map>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace gatewatch::storage {

namespace {

using nlohmann::json;

std::string text_of(const AnswerCount& entry) {
  return fmt::format("\"{}\",{},{},{}", outcome_row(entry.answer.outcome).name, entry.answer.status,
                     entry.answer.scheduled ? 1 : 0, entry.count);
}

void append(std::string& list, const std::string& entry) {
  list += list.empty() ? "[[" : ",[";
  list += entry;
  list += ']';
}

std::string closed(std::string list) {
  return list.empty() ? "[]" : std::move(list) + "]";
}

std::optional<std::uint64_t> number_of(const json& value) {
  if (!value.is_number_unsigned()) return std::nullopt;
  return value.get<std::uint64_t>();
}

// From place `first` of the array on, up to its end.
std::optional<AnswerCount> entry_of(const json& array, std::size_t first) {
  if (!array.is_array() || array.size() != first + 4 || !array[first].is_string()) {
    return std::nullopt;
  }
  const auto outcome = outcome_named(array[first].get_ref<const std::string&>());
  const auto status = number_of(array[first + 1]);
  const auto scheduled = number_of(array[first + 2]);
  const auto count = number_of(array[first + 3]);
  if (!outcome || !status || !std::in_range<int>(*status) || !scheduled || !count) {
    return std::nullopt;
  }
  return AnswerCount{{*outcome, static_cast<int>(*status), *scheduled != 0}, *count};
}

}  // namespace

std::string write_answers(const std::vector<AnswerCount>& answers) {
  std::string list;
  for (const auto& entry : answers) append(list, text_of(entry));
  return closed(std::move(list));
}

std::optional<std::vector<AnswerCount>> read_answers(std::string_view text) {
  const auto list = json::parse(text, nullptr, false);
  if (!list.is_array()) return std::nullopt;
  Rollup rollup;
  for (const auto& array : list) {
    const auto entry = entry_of(array, 0);
    if (!entry) return std::nullopt;
    rollup.add(entry->answer, entry->count);
  }
  return std::move(rollup.answers);
}

std::string write_minute_answers(const MinuteAnswers& minutes) {
  std::map<Answer, std::array<std::uint64_t, minutes_per_hour>> counts;
  for (std::size_t minute = 0; minute < minutes_per_hour; ++minute) {
    for (const auto& [answer, count] : minutes[minute]) counts[answer][minute] = count;
  }
  std::string list;
  for (const auto& [answer, of_minutes] : counts) {
    for (std::size_t first = 0; first < minutes_per_hour;) {
      auto next = first + 1;
      while (next < minutes_per_hour && of_minutes[next] == of_minutes[first]) ++next;
      if (of_minutes[first] != 0) {
        append(list,
               fmt::format("{},{},{}", first, next - 1, text_of({answer, of_minutes[first]})));
      }
      first = next;
    }
  }
  return closed(std::move(list));
}

std::optional<MinuteAnswers> read_minute_answers(std::string_view text) {
  const auto list = json::parse(text, nullptr, false);
  if (!list.is_array()) return std::nullopt;
  std::array<Rollup, minutes_per_hour> rollups;
  for (const auto& array : list) {
    const auto entry = entry_of(array, 2);
    if (!entry) return std::nullopt;
    const auto first = number_of(array[0]);
    const auto last = number_of(array[1]);
    if (!first || !last || *last >= minutes_per_hour) return std::nullopt;
    for (auto minute = *first; minute <= *last; ++minute) {
      rollups[minute].add(entry->answer, entry->count);
    }
  }
  MinuteAnswers minutes;
  for (std::size_t minute = 0; minute < minutes_per_hour; ++minute) {
    minutes[minute] = std::move(rollups[minute].answers);
  }
  return minutes;
}

}  // namespace gatewatch::storage

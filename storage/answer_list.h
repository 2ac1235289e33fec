// Counts of answers as JSON, which plain SQL reads with json_each(): of an hour
// [["ok",200,1,118],["timeout",0,1,2]], that is outcome, status, whether scheduled and outside
// maintenance, how many; of its minutes the same behind the first and the last of those that have
// so many each,
// [[0,59,"timeout",0,1,2]]. Pure.

#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/rollup.h"

namespace gatewatch::storage {

[[nodiscard]] std::string write_answers(const std::vector<AnswerCount>& answers);
// Trusts nothing: nullopt where `text` is none, or has an outcome that this program does not know.
[[nodiscard]] std::optional<std::vector<AnswerCount>> read_answers(std::string_view text);

using MinuteAnswers = std::array<std::vector<AnswerCount>, minutes_per_hour>;
[[nodiscard]] std::string write_minute_answers(const MinuteAnswers& minutes);
[[nodiscard]] std::optional<MinuteAnswers> read_minute_answers(std::string_view text);

}  // namespace gatewatch::storage

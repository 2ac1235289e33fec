#include "storage/answer_list.h"

#include <doctest/doctest.h>

using namespace gatewatch;
using storage::AnswerCount;

namespace {

const std::vector<AnswerCount> some{{{Outcome::Ok, 200, false}, 3},
                                    {{Outcome::Ok, 200, true}, 118},
                                    {{Outcome::Timeout, 0, true}, 2}};

}  // namespace

TEST_CASE("the answers of an hour as JSON, and back") {
  CHECK(storage::write_answers(some) == R"([["ok",200,0,3],["ok",200,1,118],["timeout",0,1,2]])");
  CHECK(storage::read_answers(storage::write_answers(some)) == some);
  CHECK(storage::write_answers({}) == "[]");
  CHECK(storage::read_answers("[]") == std::vector<AnswerCount>());
}

TEST_CASE("minutes that follow each other with the same count are one entry") {
  storage::MinuteAnswers minutes;
  for (std::size_t minute = 0; minute < 60; ++minute) {
    minutes[minute] = {{{Outcome::StatusMismatch, 502, true}, minute == 7 ? 3U : 2U}};
  }
  minutes[8] = some;
  const auto text = storage::write_minute_answers(minutes);
  CHECK(
      text ==
      R"([[8,8,"ok",200,0,3],[8,8,"ok",200,1,118],[0,6,"status_mismatch",502,1,2],)"
      R"([7,7,"status_mismatch",502,1,3],[9,59,"status_mismatch",502,1,2],[8,8,"timeout",0,1,2]])");
  CHECK(storage::read_minute_answers(text) == minutes);
  CHECK(storage::write_minute_answers({}) == "[]");
}

TEST_CASE("what is no list of answers is refused") {
  for (const auto* const text :
       {"", "{}", "[1]", R"([["ok",200,1]])", R"([["fine",200,1,1]])", R"([["ok",-1,1,1]])",
        R"([["ok",200,1,1.5]])", R"([["ok",99999999999,1,1]])", R"([["ok",200,1,1],)"}) {
    CAPTURE(text);
    CHECK_FALSE(storage::read_answers(text).has_value());
    CHECK_FALSE(storage::read_minute_answers(text).has_value());
  }
  CHECK_FALSE(storage::read_minute_answers(R"([[0,60,"ok",200,1,1]])").has_value());
  CHECK_FALSE(storage::read_minute_answers(R"([[-1,5,"ok",200,1,1]])").has_value());
}

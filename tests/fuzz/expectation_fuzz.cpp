// Any expectation is refused with a sentence or judges any answer, always in the same way.

#include <algorithm>
#include <string>

#include "probes/judge.h"
#include "probes/text.h"
#include "tests/fuzz/fuzz_input.h"

using namespace gatewatch;
using tests::require;

namespace {

// The input's next line, without its end.
std::string next_line(std::string& text) {
  const auto end = std::min(text.find('\n'), text.size());
  auto line = text.substr(0, end);
  text.erase(0, end + 1);
  return line;
}

void check(const Judge& judge, const net::Response& response) {
  const auto verdict = judge.judge(response, std::chrono::microseconds(response.body.size()));
  const bool is_right = verdict.outcome == Outcome::Ok;
  require(is_right || verdict.outcome == Outcome::StatusMismatch ||
              verdict.outcome == Outcome::ContentMismatch || verdict.outcome == Outcome::Slow,
          "an outcome of expectations");
  require(is_right == verdict.reason.empty() && is_right == verdict.detail.empty(),
          "a failure has a reason and a sentence");
  require(verdict.detail == one_line(verdict.detail), "one clean, short line");
  require(verdict == judge.judge(response, std::chrono::microseconds(response.body.size())),
          "the same verdict every time");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string rest(reinterpret_cast<const char*>(data), size);
  config::Expectation expectation;
  expectation.status.add(200, 299);
  expectation.body.matches = next_line(rest);
  const auto pointer = next_line(rest);
  const auto wanted = next_line(rest);
  if (!wanted.empty()) expectation.body.json[pointer] = wanted;
  const auto glob = next_line(rest);
  if (!glob.empty()) expectation.headers["x-header"] = glob;
  if (auto text = next_line(rest); !text.empty()) expectation.body.contains = {text};
  if (auto text = next_line(rest); !text.empty()) expectation.body.not_contains = {text};
  net::Response response;
  response.status = 200;
  response.headers.add("X-Header", next_line(rest));
  response.body = rest;
  response.body_size = rest.size();
  const auto judge = Judge::create(expectation);
  if (!judge) {
    require(!judge.error().message.empty(), "a refusal has a sentence");
    return 0;
  }
  check(**judge, response);
  return 0;
}

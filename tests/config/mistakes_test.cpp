// Every file below tests/data/config/mistakes states in its leading comments which mistakes loading
// it must give, all of them, in order: "# expect: LINE:COLUMN: part of the message".

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "config/load.h"
#include "tests/source_paths.h"

using namespace gatewatch::config;

namespace {

// What the files may ask for. "hunter2" stands in every secret of the files: no message holds it.
std::optional<std::string> environment(const std::string& name) {
  if (name == "TOKEN") return "hunter2";
  if (name == "EMPTY") return "";
  if (name == "BREAK") return "hunter2\r\nX-Evil: 1";
  return std::nullopt;
}

struct Expected {
  std::string place;  // "LINE:COLUMN"
  std::string part;
};

std::vector<Expected> expected_in(const std::string& text) {
  constexpr std::string_view mark = "# expect: ";
  std::vector<Expected> all;
  std::size_t begin = 0;
  while (text.compare(begin, mark.size(), mark) == 0) {
    const auto end = text.find('\n', begin);
    const auto line = text.substr(begin + mark.size(), end - begin - mark.size());
    const auto colon = line.find(':', line.find(':') + 1);
    all.push_back({line.substr(0, colon), line.substr(std::min(colon + 2, line.size()))});
    begin = end + 1;
  }
  return all;
}

void check_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto expected = expected_in(text);
  REQUIRE_FALSE(expected.empty());
  const auto config = load_text(text, path.filename().string(), environment);
  REQUIRE_FALSE(config.has_value());
  const auto& mistakes = config.error();
  for (std::size_t index = 0; index < std::max(mistakes.size(), expected.size()); ++index) {
    REQUIRE_MESSAGE(index < mistakes.size(), "missing: ", expected[index].part);
    const auto line = mistakes[index].text();
    REQUIRE_MESSAGE(index < expected.size(), "unexpected: ", line);
    CAPTURE(line);
    CHECK(line.find(":" + expected[index].place + ": ") != std::string::npos);
    CHECK(mistakes[index].message.find(expected[index].part) != std::string::npos);
    CHECK(line.find("hunter2") == std::string::npos);
  }
}

}  // namespace

TEST_CASE("every mistake is found, at its place, in one run, without a secret in its message") {
  const std::filesystem::path folder = gatewatch::tests::test_data_path("config/mistakes");
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    CAPTURE(entry.path().filename().string());
    check_file(entry.path());
    ++files;
  }
  CHECK(files > 100);
}

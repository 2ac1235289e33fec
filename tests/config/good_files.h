// Loads the files of tests/data/config/good, for the tests of what is read.

#pragma once

#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "config/load.h"
#include "tests/source_paths.h"

namespace gatewatch::config {

inline std::optional<std::string> test_environment(const std::string& name) {
  if (name == "TOKEN") return "token-of-the-test";
  if (name == "SLACK_URL") return "https://hooks.example.com/services/T/B/X";
  return std::nullopt;
}

inline Config loaded(const std::string& text) {
  auto config = load_text(text, "test.toml", test_environment);
  const auto mistake = config ? std::string() : config.error().front().text();
  REQUIRE_MESSAGE(config.has_value(), mistake);
  return *std::move(config);
}

inline Config good(const std::string& name) {
  std::ifstream file(tests::test_data_path("config/good/" + name + ".toml"));
  REQUIRE(file.good());
  return loaded({std::istreambuf_iterator<char>(file), {}});
}

}  // namespace gatewatch::config

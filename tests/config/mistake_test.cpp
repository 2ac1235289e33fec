#include "config/mistake.h"

#include <string>

#include <doctest/doctest.h>

using namespace gatewatch::config;

TEST_CASE("a mistake says file, line, column and message; one of a whole file has no line") {
  CHECK(Mistake{"a.toml", 3, 7, "wrong"}.text() == "a.toml:3:7: wrong");
  CHECK(Mistake{"a.toml", 0, 0, "missing"}.text() == "a.toml: missing");
}

TEST_CASE("mistakes come out by file and place, each once") {
  Mistakes mistakes;
  const int first = mistakes.add_file("z.toml");
  const int second = mistakes.add_file("a.toml");
  mistakes.add({second, 1, 1}, "d");
  mistakes.add({first, 10, 1}, "c");
  mistakes.add({first, 9, 5}, "b");
  mistakes.add({first, 9, 2}, "a");
  mistakes.add({first, 9, 5}, "b");
  std::string order;
  for (const auto& mistake : mistakes.sorted()) order += mistake.message;
  CHECK(order == "abcd");
  CHECK(mistakes.describe({second, 4, 2}) == "a.toml:4:2");
}

TEST_CASE("a message is one printable line of bounded length, cut between characters") {
  Mistakes mistakes;
  mistakes.add_file("a.toml");
  mistakes.add({0, 1, 1}, "a\nb\x1b[31m");
  std::string umlauts;
  for (int count = 0; count < 1000; ++count) umlauts += "ü";
  mistakes.add({0, 2, 1}, "x" + umlauts);
  const auto sorted = mistakes.sorted();
  CHECK(sorted[0].message == "a\\nb\\x1b[31m");
  CHECK(sorted[1].message.size() < 700);
  CHECK(sorted[1].message.ends_with("ü…"));
}

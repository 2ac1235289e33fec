#include "config/glob.h"

#include <string>

#include <doctest/doctest.h>

using namespace gatewatch::config;

TEST_CASE("a star stands for any run of characters, slashes too, a question mark for one") {
  CHECK(glob_matches("*", ""));
  CHECK(glob_matches("*", "shop/checkout"));
  CHECK(glob_matches("shop/*", "shop/checkout"));
  CHECK(glob_matches("*out", "shop/checkout"));
  CHECK(glob_matches("s*/c*t", "shop/checkout"));
  CHECK(glob_matches("sh?p/*", "shop/"));
  CHECK(glob_matches("a*b*c", "a-b-b-c"));
  CHECK_FALSE(glob_matches("shop/*", "shop"));
  CHECK_FALSE(glob_matches("?", ""));
  CHECK_FALSE(glob_matches("", "a"));
  CHECK_FALSE(glob_matches("shop", "shops"));
  CHECK_FALSE(glob_matches("a*b", "a-b-c"));
}

TEST_CASE("everything else stands for itself") {
  CHECK(glob_matches("[a-z].\\", "[a-z].\\"));
  CHECK_FALSE(glob_matches("[a-z]", "b"));
  CHECK_FALSE(glob_matches("SHOP", "shop"));
}

TEST_CASE("case is ignored only where asked for") {
  CHECK(glob_matches_ignoring_case("Application/JSON*", "application/json; charset=utf-8"));
  CHECK_FALSE(glob_matches_ignoring_case("text/*", "application/json"));
}

TEST_CASE("a hostile pattern costs no more than its length times the text's") {
  const std::string text(20'000, 'a');
  std::string pattern;
  for (int part = 0; part < 500; ++part) pattern += "*a";
  CHECK(glob_matches(pattern, text));
  CHECK_FALSE(glob_matches(pattern + "b", text));
}

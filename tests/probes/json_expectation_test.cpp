#include "probes/json_expectation.h"

#include <map>
#include <string>

#include <doctest/doctest.h>

using namespace gatewatch;

namespace {

JsonExpectation expecting(const std::map<std::string, std::string>& wanted) {
  auto expectation = JsonExpectation::create(wanted);
  REQUIRE(expectation.has_value());
  return *std::move(expectation);
}

std::string repeated(std::string_view text, int times) {
  std::string result;
  for (int count = 0; count < times; ++count) result += text;
  return result;
}

}  // namespace

TEST_CASE("values at pointers are compared by value") {
  const auto expectation = expecting(
      {{"/status", "\"up\""}, {"/load/0", "1"}, {"/a~1b", "null"}, {"/set", "{\"x\":[]}"}});
  CHECK_FALSE(expectation.mismatch(R"({"status":"up","load":[1.0,2],"a/b":null,"set":{"x":[]}})"));
}

TEST_CASE("the empty pointer is the whole document") {
  CHECK_FALSE(expecting({{"", "true"}}).mismatch("true"));
}

TEST_CASE("a wrong or missing value says pointer, wanted value and what came") {
  const auto expectation = expecting({{"/status", "\"up\""}});
  CHECK(expectation.mismatch(R"({"status":"down"})") ==
        "the body's \"/status\" should be \"up\", and is \"down\"");
  CHECK(expectation.mismatch(R"({})") ==
        "the body's \"/status\" should be \"up\", and is not there");
  CHECK(expectation.mismatch(R"(["up"])").has_value());
}

TEST_CASE("what is not JSON is a mismatch, never an exception") {
  const auto expectation = expecting({{"/status", "\"up\""}});
  for (const std::string body : {"", "<html>", "{\"status\":\"up\"", "{\"status\":\"up\"} x",
                                 "1e999", "\xFF\xFE", "\"\\ud800\"", "]]]]", "\"", "\"\\"}) {
    CAPTURE(body);
    CHECK(expectation.mismatch(body).has_value());
  }
}

TEST_CASE("nesting is bounded, brackets in strings do not count") {
  const auto expectation = expecting({{"/x", "1"}});
  const auto nested = [](int depth) {
    return R"({"x":1,"y":)" + repeated("[", depth - 1) + repeated("]", depth - 1) + "}";
  };
  CHECK_FALSE(expectation.mismatch(nested(64)));
  CHECK(expectation.mismatch(nested(65)) == "the body is nested deeper than 64 levels");
  CHECK(expectation.mismatch(repeated("[", 60000)).has_value());
  CHECK(expectation.mismatch(repeated("{\"a\":", 12000)).has_value());
  CHECK_FALSE(expectation.mismatch(R"({"x":1,"y":"\"[[[[)" + repeated("[", 100) + "\"}"));
}

TEST_CASE("array indices that no array can have are missing values") {
  for (const std::string pointer : {"/0", "/-", "/01", "/99999999999999999999999", "/x", "/1/2"}) {
    CAPTURE(pointer);
    const auto mismatch = expecting({{pointer, "1"}}).mismatch("[2]");
    CHECK(mismatch.has_value());
  }
}

TEST_CASE("wanted values that are not JSON, and pointers that are none, are errors") {
  CHECK_FALSE(JsonExpectation::create({{"/a", "up"}}).has_value());
  CHECK_FALSE(JsonExpectation::create({{"/a", repeated("[", 70) + repeated("]", 70)}}).has_value());
  CHECK_FALSE(JsonExpectation::create({{"a", "1"}}).has_value());
  CHECK_FALSE(JsonExpectation::create({{"/a~2", "1"}}).has_value());
}

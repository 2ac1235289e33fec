#include "config/document.h"

#include <string>

#include <doctest/doctest.h>

using namespace gatewatch::config;

TEST_CASE("values know their type and their place, and keys keep the order of the file") {
  const auto table =
      parse_document("z = \"text\"\n[a]\nlist = [1, 2.5, true]\nday = 2026-01-01\n", 3);
  REQUIRE(table.has_value());
  REQUIRE(table->size() == 2);
  const auto& text = (*table)[0];
  CHECK(text.key == "z");
  CHECK(text.place == Place{3, 1, 1});
  CHECK(text.value.place == Place{3, 1, 5});
  CHECK(text.value.type_name() == "a string");
  const auto* const section = std::get_if<Table>(&(*table)[1].value.data);
  REQUIRE(section != nullptr);
  const auto* const list = std::get_if<Array>(&(*section)[0].value.data);
  REQUIRE(list != nullptr);
  CHECK((*list)[0].type_name() == "an integer");
  CHECK((*list)[1].type_name() == "a number");
  CHECK((*list)[1].place == Place{3, 3, 12});
  CHECK((*list)[2].type_name() == "true or false");
  CHECK((*section)[1].value.type_name() == "a date or time");
}

TEST_CASE("a syntax error has a place and quotes no value") {
  for (const auto* const text :
       {"token = 123456789012345678901234567890", "token = hunter2", "token = \"hunter2",
        "token = 'hunter2' x", "token = 1e999999", "token = [ hunter2 ]",
        "token = -99999999999999999999", "token = 0xffffffffffffffffffffff", "token = 12hunter2",
        "token = \"hunter2\\q\""}) {
    CAPTURE(text);
    const auto table = parse_document(text, 0);
    REQUIRE_FALSE(table.has_value());
    CHECK(table.error().place.line == 1);
    CHECK(table.error().message.find("hunter2") == std::string::npos);
    CHECK(table.error().message.find("999999") == std::string::npos);
    CHECK(table.error().message.find("ffff") == std::string::npos);
    CHECK(table.error().message.find("123456") == std::string::npos);
  }
}

TEST_CASE("nesting without end is an error, not the end of the stack") {
  CHECK_FALSE(parse_document("a = " + std::string(100'000, '['), 0).has_value());
}

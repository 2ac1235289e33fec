#include "daemon/commands/toml_string.h"

#include <string>
#include <variant>

#include <doctest/doctest.h>

#include "config/document.h"

using namespace gatewatch;
using gatewatch::daemon::toml_string;

TEST_CASE("what is written as a TOML string is read back as it was") {
  for (const std::string text : {"", "plain", "\"quoted\" \\ [x] # ' = ", "a\nb\r\tc\x01\x7f",
                                 "stra\xc3\x9f\x65", "\"\"\"", "\\u0041"}) {
    CAPTURE(text);
    const auto table = config::parse_document("key = " + toml_string(text), 0);
    REQUIRE(table.has_value());
    REQUIRE(table->size() == 1);
    CHECK(std::get<std::string>(table->front().value.data) == text);
  }
}

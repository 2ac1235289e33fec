#include "config/header_reader.h"

#include "tests/config/good_files.h"

using namespace gatewatch::config;

TEST_CASE("headers keep the order and the spelling of the file") {
  const auto config = loaded(
      "[[route]]\nname = \"home\"\nurl = \"http://example.com/\"\n"
      "headers = { X-Second = \"2\", accept = \"*/*\", X-First = \"1\\t\" }\n");
  const auto& headers = config.routes[0].headers;
  REQUIRE(headers.size() == 3);
  CHECK(headers[0].name == "X-Second");
  CHECK(headers[1].name == "accept");
  CHECK(headers[2].value.reveal() == "1\t");
}

TEST_CASE("a header of a route replaces the default of that name, whatever its case") {
  const auto config = loaded(
      "[defaults]\nheaders = { Accept = \"text/html\" }\n"
      "[[route]]\nname = \"home\"\nurl = \"http://example.com/\"\n"
      "headers = { accept = \"*/*\" }\n");
  REQUIRE(config.routes[0].headers.size() == 1);
  CHECK(config.routes[0].headers[0].value.reveal() == "*/*");
}

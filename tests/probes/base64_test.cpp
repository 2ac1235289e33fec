#include "probes/base64.h"

#include <string>

#include <doctest/doctest.h>

using gatewatch::base64;
using gatewatch::from_base64;

TEST_CASE("the vectors of RFC 4648") {
  CHECK(base64("").empty());
  CHECK(base64("f") == "Zg==");
  CHECK(base64("fo") == "Zm8=");
  CHECK(base64("foo") == "Zm9v");
  CHECK(base64("foob") == "Zm9vYg==");
  CHECK(base64("fooba") == "Zm9vYmE=");
  CHECK(base64("foobar") == "Zm9vYmFy");
}

TEST_CASE("any byte") {
  CHECK(base64(std::string("\xff\xfe\x00\x80", 4)) == "//4AgA==");
}

TEST_CASE("what was encoded is decoded, and what was not is nothing") {
  for (const auto& bytes : {std::string(), std::string("f"), std::string("fo"), std::string("foo"),
                            std::string("user:pass word"), std::string("\xff\xfe\x00\x80", 4)}) {
    CHECK(from_base64(base64(bytes)) == bytes);
  }
  CHECK(from_base64("Zm9vYg") == "foob");
  CHECK_FALSE(from_base64("Zm9v-").has_value());
  CHECK_FALSE(from_base64("Z").has_value());
  CHECK_FALSE(from_base64("Zm 9v").has_value());
}

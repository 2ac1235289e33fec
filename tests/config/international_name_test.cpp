#include "config/international_name.h"

#include <string>

#include <doctest/doctest.h>

using namespace gatewatch;

TEST_CASE("international names come to their ASCII form") {
  CHECK(ascii_host_name("b\xc3\xbc"
                        "cher.example") == "xn--bcher-kva.example");
  CHECK(ascii_host_name("B\xc3\x9c"
                        "CHER.Example.") == "xn--bcher-kva.example.");
  CHECK(ascii_host_name("bu\xcc\x88"  // u and a combining diaeresis
                        "cher.example") == "xn--bcher-kva.example");
  CHECK(ascii_host_name("\xe4\xbe\x8b\xe3\x81\x88.\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88") ==
        "xn--r8jz45g.xn--zckzah");
}

TEST_CASE("what is no international name is refused with a reason") {
  for (const std::string name : {"\xff.example", "a\xe2\x80\xae.example", "\xe2\x80\x8d.example"}) {
    CAPTURE(name);
    const auto ascii = ascii_host_name(name);
    REQUIRE_FALSE(ascii.has_value());
    CHECK_FALSE(ascii.error().message.empty());
  }
  CHECK_FALSE(ascii_host_name(std::string(200'000, '\xc3')).has_value());
}

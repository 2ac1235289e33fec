#include "config/nearest_key.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace gatewatch::config;

TEST_CASE("a misspelled key leads to the known one with the fewest edits") {
  const std::vector<std::string> keys = {"interval", "timeout", "method", "url", "ip"};
  CHECK(nearest_key("intervall", keys) == "interval");
  CHECK(nearest_key("intrval", keys) == "interval");
  CHECK(nearest_key("tiemout", keys) == "timeout");
  CHECK(nearest_key("Timeout", keys) == "timeout");
  CHECK(nearest_key("metod", keys) == "method");
  CHECK(nearest_key("ulr", keys) == "url");
}

TEST_CASE("a word that is like no key leads nowhere") {
  const std::vector<std::string> keys = {"interval", "timeout", "ip"};
  CHECK_FALSE(nearest_key("weather", keys).has_value());
  CHECK_FALSE(nearest_key("x", keys).has_value());
  CHECK_FALSE(nearest_key("", keys).has_value());
  CHECK_FALSE(nearest_key(std::string(1'000'000, 'i'), keys).has_value());
  CHECK(suggestion("weather", keys).empty());
  CHECK(suggestion("timeot", keys) == " (did you mean \"timeout\"?)");
}

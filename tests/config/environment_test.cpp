#include "config/environment.h"

#include <doctest/doctest.h>

using gatewatch::config::process_environment;

TEST_CASE("the environment of the process is seen, and what is not set is nothing") {
  const auto environment = process_environment();
  CHECK(environment("PATH").has_value());
  CHECK_FALSE(environment("GATEWATCH_VARIABLE_THAT_NOBODY_SETS").has_value());
}

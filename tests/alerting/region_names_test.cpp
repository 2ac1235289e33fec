#include "alerting/region_names.h"

#include <doctest/doctest.h>

using namespace gatewatch::alerting;

TEST_CASE("a region has one number, and the number one name") {
  RegionNames names;
  const auto eu = names.id_of("eu");
  const auto us = names.id_of("us");
  CHECK(eu != us);
  CHECK(names.id_of("eu") == eu);
  CHECK(names.name_of(us) == "us");
  CHECK(names.name_of(eu) == "eu");
}

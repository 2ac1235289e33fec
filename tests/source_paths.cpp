#include "tests/source_paths.h"

namespace gatewatch::tests {

std::string source_path(const std::string& within) {
  return GATEWATCH_SOURCE "/" + within;
}

std::string test_data_path(const std::string& within) {
  return source_path("tests/data/" + within);
}

}  // namespace gatewatch::tests

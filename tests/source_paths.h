// Where the sources lie on this machine: known to one translation unit, so that a compiler cache
// serves every other one to all checkouts.

#pragma once

#include <string>

namespace gatewatch::tests {

[[nodiscard]] std::string source_path(const std::string& within = {});     // of the project
[[nodiscard]] std::string test_data_path(const std::string& within = {});  // of tests/data

}  // namespace gatewatch::tests

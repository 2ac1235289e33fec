// A directory of the test's own that goes with the object.

#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include "probes/net/invariant.h"

namespace gatewatch::tests {

class TemporaryDirectory {
 public:
  TemporaryDirectory() : path_((std::filesystem::temp_directory_path() / "gatewatch-XXXXXX")) {
    net::require(::mkdtemp(path_.data()) != nullptr, "no temporary directory");
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace gatewatch::tests

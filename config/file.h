// Reads a whole file, up to a limit; the only place of this folder that opens files.

#pragma once

#include <cstddef>
#include <expected>
#include <string>

#include "config/error.h"

namespace gatewatch::config {

struct FileContent {
  std::string text;
  bool readable_by_group = false;
  bool readable_by_others = false;
};

// An error names the file and says what is wrong: missing, not readable, a directory, too large.
[[nodiscard]] std::expected<FileContent, Error> read_file(const std::string& path,
                                                          std::size_t most_bytes);

}  // namespace gatewatch::config

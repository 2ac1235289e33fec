// Where the database is: in the data directory, under one name.

#pragma once

#include <filesystem>
#include <string>

namespace gatewatch::daemon {

[[nodiscard]] inline std::string database_path(const std::string& data_directory) {
  return (std::filesystem::path(data_directory) / "gatewatch.db").string();
}

}  // namespace gatewatch::daemon

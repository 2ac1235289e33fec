// From a path to a connection that can be trusted: the directory, the lock, the file, whose it is,
// its layout, its health. Every way in which that fails has a sentence of its own.

#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>

#include "storage/sqlite/database.h"
#include "storage/sqlite/lock_file.h"
#include "storage/sqlite/refusal.h"

namespace gatewatch::storage::sqlite {

// A larger file is checked only where a start depends on it: incidents and deliveries.
inline constexpr std::int64_t full_check_bytes = 64LL << 20;

struct DatabaseFile {
  std::optional<LockFile> lock;  // first: let go of after the connection is closed
  std::unique_ptr<Database> database;
};

// Creates the file (mode 0640) and its tables, or migrates an older layout. Never overwrites.
[[nodiscard]] std::expected<DatabaseFile, Refusal> open_for_writing(const std::string& path);
[[nodiscard]] std::expected<DatabaseFile, Refusal> open_for_reading(const std::string& path);
// Makes a new database at `path`, where there is nothing, without a lock and a write-ahead log of
// its own: for a file that is to take the place of another one.
[[nodiscard]] std::expected<std::unique_ptr<Database>, Refusal> create_database(
    const std::string& path);
// For reading, whatever its layout.
[[nodiscard]] std::expected<DatabaseFile, Refusal> open_for_copying(const std::string& path);

}  // namespace gatewatch::storage::sqlite

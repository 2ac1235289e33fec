// The Store in one SQLite file; schema.sql says how it is laid out and why.

#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>

#include "storage/sqlite/database_file.h"
#include "storage/store.h"

namespace gatewatch::storage {

enum class OpenMode : std::uint8_t { ReadWrite, ReadOnly };

// Opens `path`, creating file and schema where there is none (ReadWrite), migrating an older one.
// A ReadWrite store holds PATH.lock for its life. Refuses with a clear message: a directory that is
// missing or not writable, a file that is not ours, is newer than this program, is damaged, or is
// held by another daemon.
[[nodiscard]] std::expected<std::unique_ptr<Store>, Error> open_sqlite_store(
    const std::string& path, OpenMode mode);

// Of a file that is open.
[[nodiscard]] std::unique_ptr<Store> make_sqlite_store(sqlite::DatabaseFile file);

}  // namespace gatewatch::storage

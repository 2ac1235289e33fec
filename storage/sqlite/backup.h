// A copy of a database that may be in use: by SQLite's online backup, from one state of the file.
// The daemon goes on writing meanwhile; its write-ahead log grows until the copy is made.

#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "config/error.h"

namespace gatewatch::storage {

enum class Existing : std::uint8_t { Refuse, Replace };

// Copies the database `path` to the file `to`, which appears there complete or not at all: it is
// written as TO.partial, read back and checked, written out to the disk, and then renamed. It is
// readable by its owner alone, needs no file beside it, and may be put in the place of `path` while
// no daemon runs. Blocks on both disks. How many bytes it has.
[[nodiscard]] std::expected<std::uint64_t, Error> back_up(const std::string& path,
                                                          const std::string& to, Existing existing);

}  // namespace gatewatch::storage

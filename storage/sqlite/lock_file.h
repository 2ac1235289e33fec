// One daemon per database: PATH.lock, locked (flock) for as long as this object lives. The kernel
// lets go of it when the process ends, however it ends; the file itself stays.

#pragma once

#include <expected>
#include <string>

#include "config/error.h"

namespace gatewatch::storage::sqlite {

class LockFile {
 public:
  // `path`: of the database. Never waits. An error names the process that holds the lock.
  [[nodiscard]] static std::expected<LockFile, Error> acquire(const std::string& path);
  ~LockFile();
  LockFile(LockFile&& other) noexcept;
  LockFile& operator=(LockFile&&) = delete;

 private:
  explicit LockFile(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;  // -1: moved from
};

}  // namespace gatewatch::storage::sqlite

// Space kept back for what must not be forgotten: PATH.reserve, a file of zeros that is deleted
// when the disk is full, so that incidents and deliveries can still be written, and made again when
// there is room. Results are written only while it is whole.

#pragma once

#include <cstdint>
#include <string>

namespace gatewatch::storage::sqlite {

class Reserve {
 public:
  // Hundreds of incident steps, and what a start needs.
  static constexpr std::int64_t bytes = 4LL << 20;

  // `path`: of the database. Nothing is done yet.
  explicit Reserve(const std::string& path) : path_(path + ".reserve") {}

  [[nodiscard]] const std::string& path() const { return path_; }
  // Makes it where it is not whole: false where the file system lacks the space.
  [[nodiscard]] bool restore();
  // Gives its space away. Whether there was any.
  bool release();

 private:
  std::string path_;
  bool is_whole_ = false;
};

}  // namespace gatewatch::storage::sqlite

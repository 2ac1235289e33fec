#include "storage/sqlite/lock_file.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

namespace gatewatch::storage::sqlite {

namespace {

// " (process 1234)", or nothing where the holder has not written its number.
std::string holder(int descriptor) {
  std::array<char, 16> digits{};
  const auto size = ::pread(descriptor, digits.data(), digits.size(), 0);
  std::string number(digits.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  number.resize(std::min(number.find_first_not_of("0123456789"), number.size()));
  return number.empty() ? std::string() : fmt::format(" (process {})", number);
}

// For people who look: the lock itself is what counts, so a failure changes nothing.
void write_holder(int descriptor) {
  const auto number = fmt::format("{}\n", ::getpid());
  if (::ftruncate(descriptor, 0) == 0) {
    static_cast<void>(!::pwrite(descriptor, number.data(), number.size(), 0));
  }
}

}  // namespace

LockFile::LockFile(LockFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

LockFile::~LockFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::expected<LockFile, Error> LockFile::acquire(const std::string& path) {
  const auto lock_path = path + ".lock";
  LockFile file(::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640));
  if (file.descriptor_ < 0) {
    return std::unexpected(Error{
        fmt::format("cannot write {}: {}; the directory must be writable for the user that runs "
                    "gatewatch",
                    lock_path, std::strerror(errno))});
  }
  if (::flock(file.descriptor_, LOCK_EX | LOCK_NB) == 0) {
    write_holder(file.descriptor_);
    return file;
  }
  if (errno == EWOULDBLOCK) {
    return std::unexpected(Error{
        fmt::format("the database {} is in use by another gatewatch{}: one daemon per database; "
                    "stop the other one or give this one a data directory of its own",
                    path, holder(file.descriptor_))});
  }
  return std::unexpected(Error{fmt::format("cannot lock {}: {}", lock_path, std::strerror(errno))});
}

}  // namespace gatewatch::storage::sqlite

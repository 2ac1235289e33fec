#include "config/file.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "config/units.h"

namespace gatewatch::config {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

std::unexpected<Error> system_error(const std::string& path) {
  return std::unexpected(
      Error{fmt::format("cannot read {}: {}", path, std::generic_category().message(errno))});
}

}  // namespace

std::expected<FileContent, Error> read_file(const std::string& path, std::size_t most_bytes) {
  // Opening a FIFO that nobody writes to must not wait for ever; reading one may.
  const Descriptor maybe_file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (maybe_file.get() < 0) return system_error(path);
  if (::fcntl(maybe_file.get(), F_SETFL, 0) != 0) return system_error(path);
  struct stat status{};
  if (::fstat(maybe_file.get(), &status) != 0) return system_error(path);
  if (S_ISDIR(status.st_mode)) {
    return std::unexpected(Error{fmt::format("{} is a directory, not a file", path)});
  }
  FileContent content;
  content.readable_by_group = (status.st_mode & S_IRGRP) != 0;
  content.readable_by_others = (status.st_mode & S_IROTH) != 0;
  std::array<char, 65536> buffer{};
  while (true) {
    const auto count = ::read(maybe_file.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error(path);
    if (count == 0) return content;
    content.text.append(buffer.data(), static_cast<std::size_t>(count));
    if (content.text.size() > most_bytes) {
      return std::unexpected(
          Error{fmt::format("{} is larger than {}", path, format_size(most_bytes))});
    }
  }
}

}  // namespace gatewatch::config

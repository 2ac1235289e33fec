#include "storage/sqlite/reserve.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gatewatch::storage::sqlite {

// A file system that cannot keep space back, or does not let us, is none that lacks it.
bool Reserve::restore() {
  const auto is_of_space = [](int error) {
    return error == ENOSPC || error == EDQUOT || error == EFBIG;
  };
  if (is_whole_) return true;
  const int descriptor = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
  if (descriptor < 0) return !is_of_space(errno);
  const int error = ::posix_fallocate(descriptor, 0, bytes);
  ::close(descriptor);
  is_whole_ = error == 0;
  if (!is_whole_) ::unlink(path_.c_str());
  return !is_of_space(error);
}

bool Reserve::release() {
  is_whole_ = false;
  return ::unlink(path_.c_str()) == 0;
}

}  // namespace gatewatch::storage::sqlite

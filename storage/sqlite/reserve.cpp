#include "storage/sqlite/reserve.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gatewatch::storage::sqlite {

bool Reserve::restore() {
  if (is_whole_) return true;
  const int descriptor = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
  if (descriptor < 0) return false;
  is_whole_ = ::posix_fallocate(descriptor, 0, bytes) == 0;
  ::close(descriptor);
  if (!is_whole_) ::unlink(path_.c_str());
  return is_whole_;
}

bool Reserve::release() {
  is_whole_ = false;
  return ::unlink(path_.c_str()) == 0;
}

}  // namespace gatewatch::storage::sqlite

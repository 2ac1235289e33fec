#include "daemon/process.h"

#include <sys/resource.h>

namespace gatewatch::daemon {

// Both keep what was there where the kernel refuses: nothing depends on them but head room.

void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &limit);
}

void forbid_core_dumps() {
  const rlimit none{0, 0};
  (void)setrlimit(RLIMIT_CORE, &none);
}

}  // namespace gatewatch::daemon

// A check for bugs of ours that stays on in release builds: it says where and aborts.

#pragma once

#include <cstdio>
#include <cstdlib>
#include <source_location>

namespace gatewatch::net {

inline void require(bool holds, const char* what,
                    std::source_location where = std::source_location::current()) noexcept {
  if (holds) [[likely]] {
    return;
  }
  std::fprintf(stderr, "gatewatch: bug at %s:%u: %s\n", where.file_name(),
               static_cast<unsigned>(where.line()), what);
  std::abort();
}

}  // namespace gatewatch::net

#include "daemon/process.h"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <malloc.h>
#include <pthread.h>
#include <sys/resource.h>
#include <system_error>

namespace gatewatch::daemon {
namespace {

void mask_signals(int how) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGHUP, SIGTERM, SIGINT}) sigaddset(&signals, number);
  pthread_sigmask(how, &signals, nullptr);
}

}  // namespace

// Both keep what was there where the kernel refuses: nothing depends on them but head room.

void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &limit);
}

std::size_t descriptors_left() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::numeric_limits<std::size_t>::max();
  std::error_code error;
  const std::filesystem::directory_iterator open("/proc/self/fd", error);
  const auto used = error ? 0 : static_cast<std::size_t>(std::distance(begin(open), end(open)));
  return limit.rlim_cur > used ? limit.rlim_cur - used : 0;
}

std::size_t probes_that_fit(std::size_t wanted, std::size_t descriptors) {
  constexpr std::size_t kept = 24;
  const auto free = descriptors > kept ? descriptors - kept : 0;
  return std::clamp<std::size_t>(free / 2, 1, std::max<std::size_t>(wanted, 1));
}

void forbid_core_dumps() {
  const rlimit none{0, 0};
  (void)setrlimit(RLIMIT_CORE, &none);
}

void return_free_memory() {
  (void)malloc_trim(0);
}

void hold_signals() {
  mask_signals(SIG_BLOCK);
}

void release_signals() {
  mask_signals(SIG_UNBLOCK);
}

}  // namespace gatewatch::daemon

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

DescriptorShares share_descriptors(const DescriptorShares& wanted, std::size_t descriptors) {
  constexpr std::size_t kept = 24;
  constexpr std::size_t fewest = 4;
  const auto free = descriptors > kept ? descriptors - kept : 0;
  const auto fit = [](std::size_t share, std::size_t least, std::size_t most) {
    return std::clamp(share, std::min(least, most), most);
  };
  DescriptorShares shares;
  shares.clients = fit(free / 4, fewest, wanted.clients);
  shares.transfers = fit(free / 8, fewest, wanted.transfers);
  const auto others = shares.clients + 2 * shares.transfers;
  shares.probes = fit(free > others ? (free - others) / 2 : 0, 1, wanted.probes);
  return shares;
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

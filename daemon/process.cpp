#include "daemon/process.h"

#include <csignal>
#include <initializer_list>
#include <malloc.h>
#include <pthread.h>
#include <sys/resource.h>

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

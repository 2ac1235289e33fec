#include "probes/net/thread.h"

#include <array>
#include <csignal>
#include <functional>
#include <pthread.h>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "tests/fakes/thread_famine.h"

using namespace gatewatch;
using net::start_thread;

namespace {

void run_to_its_end(const std::string& name, std::move_only_function<void()> run) {
  std::jthread thread;
  REQUIRE_FALSE(start_thread(thread, name, std::move(run)).has_value());
}

// What the new thread is called.
std::string name_of_thread(const std::string& name) {
  std::array<char, 64> found{};
  run_to_its_end(name,
                 [&found] { pthread_getname_np(pthread_self(), found.data(), found.size()); });
  return found.data();
}

}  // namespace

TEST_CASE("a thread bears its name, cut to what the kernel keeps") {
  CHECK(name_of_thread("recorder") == "recorder");
  CHECK(name_of_thread("a-very-long-name-of-a-thread") == "a-very-long-nam");
}

TEST_CASE("a thread is joined where its handle ends") {
  bool has_run = false;
  run_to_its_end("short", [&has_run] { has_run = true; });
  CHECK(has_run);
}

TEST_CASE("signals stay with the thread that was there before, but for those of own faults") {
  sigset_t there;
  run_to_its_end("signals", [&there] { pthread_sigmask(SIG_SETMASK, nullptr, &there); });
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGPIPE}) {
    CHECK(sigismember(&there, number) == 1);
  }
  CHECK(sigismember(&there, SIGSEGV) == 0);
  sigset_t here;
  pthread_sigmask(SIG_SETMASK, nullptr, &here);
  CHECK(sigismember(&here, SIGTERM) == 0);
}

TEST_CASE("a thread that the operating system refuses is an error that names it") {
  {
    const tests::ThreadFamine famine;
    std::jthread thread;
    const auto error = start_thread(thread, "recorder", [] { FAIL("it must not run"); });
    REQUIRE(error.has_value());
    CHECK(error->message.starts_with("the thread recorder cannot be started: "));
    CHECK_FALSE(thread.joinable());
  }
  run_to_its_end("recorder", [] {});
}

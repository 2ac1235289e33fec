#include "daemon/process.h"

#include <array>
#include <csignal>
#include <initializer_list>
#include <sys/resource.h>
#include <unistd.h>

#include <doctest/doctest.h>

using namespace gatewatch::daemon;

TEST_CASE("the soft limit on descriptors becomes the hard one, and cores are forbidden") {
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit low = before;
  low.rlim_cur = before.rlim_max / 2;
  REQUIRE(setrlimit(RLIMIT_NOFILE, &low) == 0);
  raise_descriptor_limit();
  rlimit after{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &after) == 0);
  CHECK(after.rlim_cur == before.rlim_max);

  forbid_core_dumps();
  rlimit core{};
  REQUIRE(getrlimit(RLIMIT_CORE, &core) == 0);
  CHECK(core.rlim_cur == 0);
}

TEST_CASE("the limit on descriptors bounds the probes in flight, and leaves some for us") {
  CHECK(probes_that_fit(4096, 1'000'000) == 4096);
  CHECK(probes_that_fit(4096, 1024) == 500);
  CHECK(probes_that_fit(100, 1024) == 100);
  CHECK(probes_that_fit(4096, 30) == 3);
  CHECK(probes_that_fit(4096, 20) == 1);
  CHECK(probes_that_fit(4096, 0) == 1);
}

TEST_CASE("an open descriptor is one less to open") {
  const auto before = descriptors_left();
  std::array<int, 2> pipe_ends{};
  REQUIRE(pipe(pipe_ends.data()) == 0);
  CHECK(descriptors_left() == before - 2);
  for (const int end : pipe_ends) close(end);
  CHECK(descriptors_left() == before);
}

TEST_CASE("signals that are held come once they are released") {
  static volatile std::sig_atomic_t came = 0;
  const auto count = [](int) { came = came + 1; };
  hold_signals();
  for (const int number : {SIGHUP, SIGTERM, SIGINT}) {
    const auto before = std::signal(number, count);
    const auto seen = came;
    std::raise(number);
    CHECK(came == seen);
    release_signals();
    CHECK(came == seen + 1);
    hold_signals();
    std::signal(number, before);
  }
  release_signals();
}

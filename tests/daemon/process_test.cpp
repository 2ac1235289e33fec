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

TEST_CASE("few descriptors are shared out, and some are left for the database") {
  const DescriptorShares wanted = {.clients = 2048, .transfers = 64, .probes = 4096};
  CHECK(share_descriptors(wanted, 1'000'000) == wanted);
  CHECK(share_descriptors(wanted, 1024) ==
        DescriptorShares{.clients = 250, .transfers = 64, .probes = 311});
  CHECK(share_descriptors(wanted, 44) ==
        DescriptorShares{.clients = 5, .transfers = 4, .probes = 3});
  CHECK(share_descriptors(wanted, 0) ==
        DescriptorShares{.clients = 4, .transfers = 4, .probes = 1});
  CHECK(share_descriptors({.clients = 2048, .transfers = 64, .probes = 100}, 1024).probes == 100);
  CHECK(share_descriptors({.clients = 2, .transfers = 1, .probes = 1}, 0) ==
        DescriptorShares{.clients = 2, .transfers = 1, .probes = 1});
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

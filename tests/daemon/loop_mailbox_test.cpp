#include "daemon/loop_mailbox.h"

#include <chrono>
#include <vector>

#include <doctest/doctest.h>

#include "tests/fakes/simulated_network.h"

using namespace gatewatch;
using namespace std::chrono_literals;

TEST_CASE("letters run in their order, on the loop") {
  tests::SimulatedNetwork network;
  daemon::LoopMailbox mailbox(network, 10);
  std::vector<int> seen;
  for (int letter = 0; letter < 3; ++letter) {
    CHECK(mailbox.post([&seen, letter] { seen.push_back(letter); }));
  }
  CHECK(seen.empty());
  network.run_for(1ms);
  CHECK(seen == std::vector<int>{0, 1, 2});
}

TEST_CASE("a full mailbox refuses") {
  tests::SimulatedNetwork network;
  daemon::LoopMailbox mailbox(network, 2);
  CHECK(mailbox.post([] {}));
  CHECK(mailbox.post([] {}));
  CHECK_FALSE(mailbox.post([] {}));
  CHECK(mailbox.size() == 2);
  network.run_for(1ms);
  CHECK(mailbox.post([] {}));
}

TEST_CASE("letters weigh what they say, and one that is too heavy goes alone") {
  tests::SimulatedNetwork network;
  daemon::LoopMailbox mailbox(network, 10);
  CHECK(mailbox.post([] {}, 7));
  CHECK_FALSE(mailbox.post([] {}, 4));
  CHECK(mailbox.post([] {}, 3));
  CHECK(mailbox.size() == 10);
  network.run_for(1ms);
  CHECK(mailbox.size() == 0);
  CHECK(mailbox.post([] {}, 11));
  CHECK_FALSE(mailbox.post([] {}));
}

TEST_CASE("a letter that posts another lets the loop turn in between") {
  tests::SimulatedNetwork network;
  daemon::LoopMailbox mailbox(network, 10);
  bool second = false;
  CHECK(mailbox.post([&] { CHECK(mailbox.post([&second] { second = true; })); }));
  network.run_for(1ms);
  CHECK(second);
}

#include "probes/net/verified_chains.h"

#include <chrono>
#include <cstring>

#include <doctest/doctest.h>

using namespace gatewatch;
using namespace gatewatch::net;
using namespace std::chrono_literals;

namespace {

ChainDigest digest(std::size_t number) {
  ChainDigest bytes{};
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

VerifiedChain chain(const std::string& subject) {
  return {.not_before = Timestamp(100s),
          .facts = {.not_before = Timestamp(50s),
                    .not_after = Timestamp(200s),
                    .subject = subject,
                    .issuer = {},
                    .fingerprint = {}}};
}

}  // namespace

TEST_CASE("a chain is found by its digest and by no other") {
  VerifiedChains chains;
  chains.add(digest(1), chain("one"));
  chains.add(digest(2), chain("two"));
  CHECK(*chains.find(digest(1)) == chain("one"));
  CHECK(*chains.find(digest(2)) == chain("two"));
  CHECK(chains.find(digest(3)) == nullptr);
}

TEST_CASE("the dates of the whole chain count, to the second") {
  CHECK_FALSE(chain("").is_valid_at(Timestamp(99s)));
  CHECK(chain("").is_valid_at(Timestamp(100s)));
  CHECK(chain("").is_valid_at(Timestamp(200s)));
  CHECK_FALSE(chain("").is_valid_at(Timestamp(201s)));
}

TEST_CASE("the set has a bound, and goes on working behind it") {
  VerifiedChains chains;
  for (std::size_t number = 0; number <= VerifiedChains::capacity; ++number) {
    chains.add(digest(number), chain("many"));
  }
  CHECK(chains.find(digest(0)) == nullptr);
  CHECK(chains.find(digest(VerifiedChains::capacity)) != nullptr);
}

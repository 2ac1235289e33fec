#include "probes/net/digest.h"

#include <array>
#include <string>

#include <doctest/doctest.h>

using namespace gatewatch::net;
using namespace std::string_literals;

TEST_CASE("SHA-256 gives the answers of FIPS 180-4, piece by piece") {
  Sha256 digest;
  CHECK(digest.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  digest.add("a"s);
  digest.add("bc"s);
  CHECK(digest.hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(digest.size() == 3);
  digest.add(std::string(999'997, 'a'));
  CHECK(digest.size() == 1'000'000);
  CHECK(digest.hex() != Sha256().hex());
}

TEST_CASE("bytes as digits") {
  CHECK(hex_digits({}).empty());
  CHECK(hex_digits(std::array<unsigned char, 3>{0x00, 0x9f, 0xff}) == "009fff");
}

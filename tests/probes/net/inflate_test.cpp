#include "probes/net/inflate.h"

#include <string>

#include <doctest/doctest.h>
#include <zlib.h>

using namespace gatewatch::net;

namespace {

constexpr int gzip_bits = MAX_WBITS + 16;
constexpr int zlib_bits = MAX_WBITS;
constexpr int bare_bits = -MAX_WBITS;

std::string compress(const std::string& text, int window_bits) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string output(deflateBound(&stream, static_cast<uLong>(text.size())) + 64, '\0');
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(output.data());
  stream.avail_out = static_cast<uInt>(output.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  output.resize(stream.total_out);
  deflateEnd(&stream);
  return output;
}

struct Inflated {
  InflateStatus status = InflateStatus::Ok;
  std::string text;
};

Inflated inflate_all(const std::string& codings, const std::string& bytes, std::uint64_t limit,
                     std::size_t piece = 1000) {
  ContentDecoder decoder(codings, limit);
  Inflated result;
  const Inflater::Sink sink = [&result](std::span<const char> out) {
    result.text.append(out.data(), out.size());
    return InflateStatus::Ok;
  };
  for (std::size_t at = 0; at < bytes.size() && result.status == InflateStatus::Ok; at += piece) {
    result.status =
        decoder.write(std::span(bytes).subspan(at, std::min(piece, bytes.size() - at)), sink);
  }
  if (result.status == InflateStatus::Ok) {
    result.status = decoder.end();
  }
  return result;
}

const std::string page = "<h1>502 Bad Gateway</h1>";

}  // namespace

TEST_CASE("each coding is undone, whole and byte by byte") {
  const std::pair<const char*, int> codings[] = {
      {"gzip", gzip_bits},    {"x-gzip", gzip_bits},  {"GZIP", gzip_bits},
      {"deflate", zlib_bits}, {"deflate", bare_bits}, {" identity , gzip", gzip_bits}};
  for (const auto& [name, bits] : codings) {
    CAPTURE(name);
    for (const std::size_t piece : {1u, 7u, 1000u}) {
      const Inflated inflated = inflate_all(name, compress(page, bits), 1000, piece);
      CHECK(inflated.status == InflateStatus::Ok);
      CHECK(inflated.text == page);
    }
  }
}

TEST_CASE("no coding passes bytes through") {
  CHECK(inflate_all("", page, 3).text == page);
  CHECK(inflate_all("identity", page, 3).text == page);
}

TEST_CASE("codings are undone from the last to the first") {
  const std::string twice = compress(compress(page, zlib_bits), gzip_bits);
  CHECK(inflate_all("deflate, gzip", twice, 1000).text == page);
  CHECK(inflate_all("gzip, deflate", twice, 1000).status == InflateStatus::Broken);
}

TEST_CASE("a bomb yields its limit and no byte more") {
  const std::string bomb = compress(std::string(10'000'000, 'a'), gzip_bits);
  const Inflated inflated = inflate_all("gzip", bomb, 50'000);
  CHECK(inflated.status == InflateStatus::TooLarge);
  CHECK(inflated.text.size() == 50'000);
  const Inflated nested = inflate_all("gzip, gzip", compress(bomb, gzip_bits), 50'000);
  CHECK(nested.status == InflateStatus::TooLarge);
  CHECK(nested.text.size() == 50'000);
}

TEST_CASE("exactly the limit is not too large") {
  CHECK(inflate_all("gzip", compress(page, gzip_bits), page.size()).status == InflateStatus::Ok);
  CHECK(inflate_all("gzip", compress(page, gzip_bits), page.size() - 1).status ==
        InflateStatus::TooLarge);
}

TEST_CASE("unknown codings and long chains are refused") {
  CHECK(inflate_all("br", page, 1000).status == InflateStatus::Unknown);
  CHECK(inflate_all("gzip, br", page, 1000).status == InflateStatus::Unknown);
  CHECK(inflate_all("gzip, gzip, gzip, gzip", page, 1000).status == InflateStatus::Unknown);
}

TEST_CASE("broken and truncated streams are told, nothing at all is not") {
  std::string broken = compress(page, gzip_bits);
  CHECK(inflate_all("gzip", broken.substr(0, broken.size() - 1), 1000).status ==
        InflateStatus::Broken);
  broken[broken.size() - 5] ^= 1;  // the checksum
  CHECK(inflate_all("gzip", broken, 1000).status == InflateStatus::Broken);
  CHECK(inflate_all("gzip", page, 1000).status == InflateStatus::Broken);
  CHECK(inflate_all("deflate", "x", 1000).status == InflateStatus::Broken);
  CHECK(inflate_all("gzip", "", 1000).status == InflateStatus::Ok);
}

TEST_CASE("what follows the end of the stream is ignored") {
  const Inflated inflated = inflate_all("gzip", compress(page, gzip_bits) + "padding", 1000, 5);
  CHECK(inflated.status == InflateStatus::Ok);
  CHECK(inflated.text == page);
}

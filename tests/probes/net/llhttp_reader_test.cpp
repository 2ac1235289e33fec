#include "probes/net/llhttp_reader.h"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

using namespace gatewatch::net;

namespace {

constexpr ReaderLimits limits = {.head = 1000, .content = 1000, .framing = 1000};

// Feeds all of `text`; the content that came out.
std::string feed_all(LlhttpReader& reader, std::string_view text) {
  std::string content;
  std::span<const char> bytes = text;
  while (!bytes.empty() && !reader.done() && reader.fault() == ReadFault::None) {
    bytes = bytes.subspan(reader.feed(bytes));
    content.append(reader.content().data(), reader.content().size());
  }
  return content;
}

}  // namespace

TEST_CASE("a step is a line or a piece of content") {
  LlhttpReader reader(limits, "GET");
  const std::string_view text = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP";
  std::span<const char> bytes = text;
  for (const std::size_t step : {17u, 19u, 2u, 2u, 0u}) {
    const std::size_t taken = reader.feed(bytes);
    CHECK(taken == step);
    bytes = bytes.subspan(taken);
  }
  CHECK(reader.done());
}

TEST_CASE("the head is recorded as it came") {
  LlhttpReader reader(limits);
  feed_all(reader, "\r\nPOST /a?b HTTP/1.0\r\nHost:  x \r\nContent-Length: 1\r\n\r\nz");
  REQUIRE(reader.done());
  const MessageHead& head = reader.head();
  CHECK(head.method == "POST");
  CHECK(head.target == "/a?b");
  CHECK(head.http_version == "1.0");
  CHECK(head.headers.get("host") == "x");
  CHECK_FALSE(head.keep_alive);
  CHECK(reader.raw_head() == "POST /a?b HTTP/1.0\r\nHost:  x \r\nContent-Length: 1\r\n\r\n");
}

TEST_CASE("the bytes of heads add up over messages, all else begins anew") {
  LlhttpReader reader({.head = 60, .content = 10, .framing = 10}, "GET");
  const std::string_view interim = "HTTP/1.1 102 Processing\r\n\r\n";  // 27 bytes
  for (int message = 0; message < 2; ++message) {
    feed_all(reader, interim);
    REQUIRE(reader.done());
    reader.restart();
    CHECK_FALSE(reader.has_head());
    CHECK(reader.raw_head().empty());
  }
  feed_all(reader, interim);
  CHECK(reader.fault() == ReadFault::HeadTooLarge);
}

TEST_CASE("the first fault stays, and nothing is taken after it") {
  LlhttpReader reader(limits, "GET");
  feed_all(reader, "HTTP/1.1 200 OK\r\nbad\r\n");
  CHECK(reader.fault() == ReadFault::BadField);
  CHECK(reader.feed(std::string_view("HTTP/1.1 200 OK\r\n\r\n")) == 0);
  CHECK(reader.fault() == ReadFault::BadField);
  CHECK(reader.line() == "bad\r\n");
  CHECK_FALSE(reader.end());
}

TEST_CASE("the end of the stream ends only what lasts until then") {
  LlhttpReader until_end(limits, "GET");
  CHECK(feed_all(until_end, "HTTP/1.1 200 OK\r\n\r\nabc") == "abc");
  CHECK_FALSE(until_end.done());
  CHECK(until_end.end());
  LlhttpReader by_length(limits, "GET");
  feed_all(by_length, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc");
  CHECK_FALSE(by_length.end());
}

TEST_CASE("what llhttp refuses for reasons of its own is refused") {
  LlhttpReader method(limits);
  feed_all(method, "BREW / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(method.fault() == ReadFault::UnknownMethod);
  LlhttpReader target(limits);
  feed_all(target, "GET nowhere HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(target.fault() == ReadFault::Refused);
}

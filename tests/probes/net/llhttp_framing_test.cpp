#include "probes/net/llhttp_framing.h"

#include <initializer_list>
#include <string>
#include <utility>

#include <doctest/doctest.h>

using namespace gatewatch::net;

namespace {

Headers fields(std::initializer_list<std::pair<const char*, const char*>> list) {
  Headers headers;
  for (const auto& [name, value] : list) {
    headers.add(name, value);
  }
  return headers;
}

ReadFault request_fault(const Headers& headers) {
  return framing_of_request("1.1", headers).fault;
}

}  // namespace

TEST_CASE("a request without length has no body, a response lasts to the end") {
  CHECK(framing_of_request("1.1", {}).kind == BodyFraming::None);
  CHECK(framing_of_response("GET", 200, "1.1", {}).kind == BodyFraming::UntilEnd);
}

TEST_CASE("length and chunked frame both") {
  const Framing length{.kind = BodyFraming::Length, .length = 12};
  CHECK(framing_of_request("1.0", fields({{"content-length", "12"}})) == length);
  CHECK(framing_of_response("GET", 502, "1.1", fields({{"Content-Length", "12"}})) == length);
  CHECK(framing_of_request("1.1", fields({{"Content-Length", "0"}})) == Framing{});
  const Framing chunked{.kind = BodyFraming::Chunked};
  CHECK(framing_of_request("1.1", fields({{"Transfer-Encoding", "Chunked"}})) == chunked);
}

TEST_CASE("some responses have no body whatever their fields say") {
  const Headers headers = fields({{"Content-Length", "5"}});
  CHECK(framing_of_response("HEAD", 200, "1.1", headers) == Framing{});
  CHECK(framing_of_response("CONNECT", 200, "1.1", headers) == Framing{});
  CHECK(framing_of_response("GET", 204, "1.1", headers) == Framing{});
  CHECK(framing_of_response("GET", 304, "1.1", headers) == Framing{});
  CHECK(framing_of_response("GET", 103, "1.1", headers) == Framing{});
  CHECK(framing_of_response("CONNECT", 407, "1.1", headers).kind == BodyFraming::Length);
}

TEST_CASE("what two readers could frame differently is a fault") {
  CHECK(request_fault(fields({{"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}})) ==
        ReadFault::LengthWithCoding);
  CHECK(request_fault(fields({{"Content-Length", "5"}, {"Content-Length", "5"}})) ==
        ReadFault::SecondLength);
  for (const auto* const value : {"", "-1", "+1", "1x", "1, 1", "0x1", "18446744073709551616"}) {
    CAPTURE(value);
    CHECK(request_fault(fields({{"Content-Length", value}})) == ReadFault::BadLength);
  }
  for (const auto* const value : {"", "gzip", "chunked, gzip", "xchunked", "chunked;q=1"}) {
    CAPTURE(value);
    CHECK(request_fault(fields({{"Transfer-Encoding", value}})) == ReadFault::ChunkedNotLast);
  }
  CHECK(request_fault(fields({{"Transfer-Encoding", "gzip, chunked"}})) ==
        ReadFault::UnknownCoding);
  CHECK(request_fault(fields({{"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "x"}})) ==
        ReadFault::ChunkedNotLast);
  CHECK(framing_of_request("1.0", fields({{"Transfer-Encoding", "chunked"}})).fault ==
        ReadFault::CodingInHttp10);
}

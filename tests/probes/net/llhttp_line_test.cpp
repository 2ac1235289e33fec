#include "probes/net/llhttp_line.h"

#include <string>

#include <doctest/doctest.h>

using namespace gatewatch::net;
using namespace std::string_literals;

namespace {

// Whole, and byte by byte: the same must come of it.
ReadFault take_all(const std::string& text, LineBuffer& line) {
  LineBuffer slow = line;
  for (const char byte : text) {
    (void)slow.take({&byte, 1});
  }
  const std::size_t taken = line.take(text);
  CHECK(slow.fault() == line.fault());
  CHECK(slow.is_complete() == line.is_complete());
  CHECK(slow.text() == line.text());
  CHECK((taken == text.size() || line.is_complete() || line.fault() != ReadFault::None));
  return line.fault();
}

}  // namespace

TEST_CASE("a line ends with CRLF alone") {
  LineBuffer line;
  CHECK(take_all("a\tb\xff", line) == ReadFault::None);
  CHECK_FALSE(line.is_complete());
  CHECK(take_all("\r\n", line) == ReadFault::None);
  CHECK(line.is_complete());
  CHECK(line.content() == "a\tb\xff");
  CHECK(line.take("the next line") == 0);
  line.clear();
  CHECK(line.empty());
  CHECK_FALSE(line.is_complete());
}

TEST_CASE("bare LF, bare CR and control bytes are refused where they stand") {
  const auto fault = [](const std::string& text) {
    LineBuffer line;
    return take_all(text, line);
  };
  CHECK(fault("a\n") == ReadFault::BareLf);
  CHECK(fault("a\rb") == ReadFault::BareCr);
  CHECK(fault("a\r\r") == ReadFault::BareCr);
  CHECK(fault("a\0"s) == ReadFault::ControlByte);
  CHECK(fault("\x1b[2J") == ReadFault::ControlByte);
  CHECK(fault("\x7f") == ReadFault::ControlByte);
}

TEST_CASE("status lines") {
  CHECK(status_line_fault("HTTP/1.1 200 OK") == ReadFault::None);
  CHECK(status_line_fault("HTTP/1.0 200") == ReadFault::None);
  CHECK(status_line_fault("HTTP/1.1 999 ") == ReadFault::None);
  for (const auto* const text :
       {"", "HTTP/1.", "HTTP/2 200 OK", "http/1.1 200 OK", "HTTP/x.1 200 OK", "ICY 200 OK"}) {
    CAPTURE(text);
    CHECK(status_line_fault(text) == ReadFault::NotHttp);
  }
  for (const auto* const text :
       {"HTTP/1.1", "HTTP/1.1 20", "HTTP/1.1 2000", "HTTP/1.1 -20", "HTTP/1.1 099 x",
        "HTTP/1.1  200", "HTTP/1.11 200", "HTTP/1.1\t200", "HTTP/1.1 200OK"}) {
    CAPTURE(text);
    CHECK(status_line_fault(text) == ReadFault::BadStatus);
  }
}

TEST_CASE("a status line of another version is one all the same") {
  CHECK(status_line_fault("HTTP/2.0 502 Bad Gateway") == ReadFault::BadVersion);
  CHECK(status_line_fault("HTTP/1.2 200 OK") == ReadFault::BadVersion);
  CHECK(status_line_fault("HTTP/2.0 text") == ReadFault::BadStatus);
  for (const auto* const text : {"", "H", "HTTP/", "HTTP/3", "HTTP/0.9", "HTTP/1.1 2"}) {
    CHECK(begins_like_response(text));
  }
  for (const auto* const text : {"h", "HTTP ", "HTTP/x", "HTTP/11", "SSH-2.0"}) {
    CHECK_FALSE(begins_like_response(text));
  }
}

TEST_CASE("request lines") {
  CHECK(request_line_fault("GET / HTTP/1.1") == ReadFault::None);
  CHECK(request_line_fault("BREW /pot HTTP/1.0") == ReadFault::None);
  CHECK(request_line_fault("GET / HTTP/2.0") == ReadFault::BadVersion);
  CHECK(request_line_fault("GET / HTTP/1.2") == ReadFault::BadVersion);
  for (const auto* const text :
       {"", "GET", "GET /", "GET  / HTTP/1.1", "GET /a b HTTP/1.1", "GET /\tb HTTP/1.1",
        "G@T / HTTP/1.1", " / HTTP/1.1", "GET / HTTP/1.11", "GET / http/1.1", "GET / HTTP/1"}) {
    CAPTURE(text);
    CHECK(request_line_fault(text) == ReadFault::BadRequestLine);
  }
}

TEST_CASE("field lines") {
  CHECK(field_line_fault("Host: a") == ReadFault::None);
  CHECK(field_line_fault("x:") == ReadFault::None);
  CHECK(field_line_fault(" folded") == ReadFault::FoldedField);
  CHECK(field_line_fault("\tfolded: x") == ReadFault::FoldedField);
  for (const auto* const text :
       {"Host", ": a", "Host : a", "Ho st: a", "H\xc3\xb6st: a", "(a): b"}) {
    CAPTURE(text);
    CHECK(field_line_fault(text) == ReadFault::BadField);
  }
}

TEST_CASE("chunk lines") {
  CHECK(chunk_line_fault("0") == ReadFault::None);
  CHECK(chunk_line_fault("1aF;name=\"value\"") == ReadFault::None);
  CHECK(chunk_line_fault("0000000000000001") == ReadFault::None);
  for (const auto* const text :
       {"", ";x", "2 ", " 2", "-2", "+2", "0x2", "2g", "00000000000000001", "2\t;x"}) {
    CAPTURE(text);
    CHECK(chunk_line_fault(text) == ReadFault::BadChunk);
  }
}

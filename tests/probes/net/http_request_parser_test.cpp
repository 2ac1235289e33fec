#include "probes/net/http_request_parser.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/probes/net/http_document.h"

using namespace gatewatch::net;
using gatewatch::tests::http_documents;
using gatewatch::tests::HttpDocument;
using gatewatch::tests::unescape_http;
using State = HttpRequestParser::State;

namespace {

struct Seen {
  std::vector<Request> requests;
  std::vector<bool> keep_alive;
  int failure_status = 0;
  bool is_between_requests = false;

  friend bool operator==(const Seen& left, const Seen& right) {
    const auto text = [](const Seen& seen) {
      std::string all = std::to_string(seen.failure_status) + (seen.is_between_requests ? "b" : "");
      for (const Request& request : seen.requests) {
        all += "|" + request.method + " " + request.target + " " + request.http_version + " " +
               request.body;
        for (const auto& [name, value] : request.headers.all()) {
          all += "|" + name + "=" + value;
        }
      }
      return all;
    };
    return text(left) == text(right) && left.keep_alive == right.keep_alive;
  }
};

void feed(HttpRequestParser& parser, std::span<const char> bytes, Seen& seen) {
  while (!bytes.empty() && parser.state() != State::Failed) {
    bytes = bytes.subspan(parser.feed(bytes));
    if (parser.state() == State::Complete) {
      seen.keep_alive.push_back(parser.keep_alive());
      seen.requests.push_back(parser.take());
    }
  }
}

Seen read(const HttpDocument& document, const std::vector<std::size_t>& cuts) {
  const RequestLimits standard;
  HttpRequestParser parser({.head = document.limit("head", standard.head),
                            .body = document.limit("body", standard.body)});
  Seen seen;
  std::size_t from = 0;
  for (std::size_t i = 0; i <= cuts.size(); ++i) {
    const std::size_t to = i < cuts.size() ? cuts[i] : document.bytes.size();
    feed(parser, std::span(document.bytes).subspan(from, to - from), seen);
    from = to;
  }
  seen.failure_status = parser.failure_status();
  seen.is_between_requests = !parser.has_any_byte();
  return seen;
}

void check_expected(const HttpDocument& document, const Seen& seen) {
  CHECK(std::to_string(seen.failure_status) == document.value("failure_status", "0"));
  REQUIRE(std::to_string(seen.requests.size()) == document.value("requests", "0"));
  if (seen.requests.empty()) {
    return;
  }
  const Request& last = seen.requests.back();
  CHECK(last.method == document.value("method", "GET"));
  CHECK(last.target == document.value("target", "/"));
  CHECK(last.http_version == document.value("version", "1.1"));
  CHECK(last.body == unescape_http(document.value("body")));
  CHECK(seen.keep_alive.back() == (document.value("keep_alive", "yes") == "yes"));
  for (const auto& [key, wanted] : document.keys) {
    if (key.starts_with("header ")) {
      CHECK(last.headers.get(key.substr(7)) == unescape_http(wanted));
    }
  }
}

}  // namespace

TEST_CASE("every request document is read as it says") {
  for (const HttpDocument& document : http_documents("request")) {
    CAPTURE(document.name);
    check_expected(document, read(document, {}));
  }
}

TEST_CASE("how requests are cut into reads changes nothing") {
  for (const HttpDocument& document : http_documents("request")) {
    CAPTURE(document.name);
    const Seen whole = read(document, {});
    const std::size_t size = document.bytes.size();
    for (std::size_t cut = 0; cut <= size; cut += (cut < 250 || cut + 250 > size ? 1 : 9973)) {
      if (!(read(document, {cut}) == whole)) {
        CAPTURE(cut);
        CHECK(read(document, {cut}) == whole);
      }
    }
    std::vector<std::size_t> every_byte;
    for (std::size_t cut = 1; cut < size; ++cut) {
      every_byte.push_back(cut);
    }
    CHECK(read(document, every_byte) == whole);
  }
}

TEST_CASE("a request ends where the next one begins") {
  HttpRequestParser parser({});
  const std::string first = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string both = first + "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n";
  CHECK_FALSE(parser.has_any_byte());
  CHECK(parser.feed(both) == first.size());
  CHECK(parser.state() == State::Complete);
  CHECK(parser.feed(std::span(both).subspan(first.size())) == 0);
  CHECK(parser.take().target == "/1");
  CHECK(parser.state() == State::Reading);
  CHECK_FALSE(parser.has_any_byte());
}

TEST_CASE("a body over the limit is refused by its announcement, before it comes") {
  HttpRequestParser parser({.head = 1000, .body = 10});
  parser.feed(std::string("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n"));
  CHECK(parser.failure_status() == 413);
}

TEST_CASE("nothing is taken after a failure") {
  HttpRequestParser parser({});
  parser.feed(std::string("NO\r\n"));
  CHECK(parser.failure_status() == 400);
  CHECK(parser.feed(std::string("GET / HTTP/1.1\r\nHost: a\r\n\r\n")) == 0);
}

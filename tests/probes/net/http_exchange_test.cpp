#include "probes/net/http_exchange.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "probes/net/digest.h"
#include "tests/probes/net/http_document.h"

using namespace gatewatch::net;
using gatewatch::tests::http_documents;
using gatewatch::tests::HttpDocument;
using gatewatch::tests::unescape_http;

namespace {

std::string name_of(ExchangeState state) {
  const std::vector<std::string> names = {"Head", "Body", "Complete", "Failed"};
  return names[static_cast<std::size_t>(state)];
}

std::string name_of(ExchangeFailure failure) {
  const std::vector<std::string> names = {"None",           "Empty",      "IncompleteHeaders",
                                          "IncompleteBody", "Malformed",  "HeaderTooLarge",
                                          "BodyTooLarge",   "DecodeError"};
  return names[static_cast<std::size_t>(failure)];
}

ExchangeLimits limits_of(const HttpDocument& document) {
  const ExchangeLimits standard;
  return {.head = document.limit("head", standard.head),
          .body = document.limit("body", standard.body),
          .kept = document.limit("kept", standard.kept),
          .overhead = document.limit("overhead", standard.overhead)};
}

// Feeds the document in pieces that end at `cuts` and at its end.
HttpExchange read(const HttpDocument& document, const std::vector<std::size_t>& cuts) {
  HttpExchange exchange(document.value("method", "GET"), limits_of(document));
  std::size_t from = 0;
  for (std::size_t i = 0; i <= cuts.size(); ++i) {
    const std::size_t to = i < cuts.size() ? cuts[i] : document.bytes.size();
    exchange.feed(std::span(document.bytes).subspan(from, to - from));
    from = to;
  }
  if (document.value("end") == "yes") {
    exchange.end();
  }
  return exchange;
}

// Everything that a caller can see, as one comparable text. How many bytes were read when inflating
// failed is no part of it: zlib looks at a whole read at once.
std::string seen(const HttpExchange& exchange) {
  const Response& response = exchange.response();
  const bool failed_inflating =
      exchange.state() == ExchangeState::Failed && response.headers.contains("Content-Encoding");
  std::string text = name_of(exchange.state()) + "|" + name_of(exchange.failure()) + "|" +
                     exchange.failure_detail() + "|" + std::to_string(response.status) + "|" +
                     response.reason + "|" + response.http_version + "|" + response.body + "|" +
                     std::to_string(failed_inflating ? 0 : response.body_size) + "|" +
                     exchange.raw_head();
  for (const auto& [name, value] : response.headers.all()) {
    text += "|" + name + "=" + value;
  }
  return text;
}

void check_expected(const HttpDocument& document, const HttpExchange& exchange) {
  const Response& response = exchange.response();
  CHECK(name_of(exchange.state()) == document.value("state"));
  CHECK(name_of(exchange.failure()) == document.value("failure", "None"));
  CHECK(exchange.failure_detail().empty() == (exchange.failure() == ExchangeFailure::None));
  CHECK(std::to_string(response.status) == document.value("status", "0"));
  CHECK(exchange.has_status() == (response.status != 0));
  CHECK(exchange.has_first_byte() == !document.bytes.empty());
  CHECK(exchange.wire_bytes() == document.bytes.size());
  for (const auto& [key, wanted] : document.keys) {
    CAPTURE(key);
    if (key == "reason") {
      CHECK(response.reason == unescape_http(wanted));
    } else if (key == "version") {
      CHECK(response.http_version == wanted);
    } else if (key == "body") {
      CHECK(response.body == unescape_http(wanted));
    } else if (key == "body_size") {
      CHECK(std::to_string(response.body_size) == wanted);
    } else if (key == "raw_head_size") {
      CHECK(std::to_string(exchange.raw_head().size()) == wanted);
    } else if (key == "detail") {
      CHECK_MESSAGE(exchange.failure_detail().find(wanted) != std::string::npos,
                    exchange.failure_detail());
    } else if (key.starts_with("header ")) {
      CHECK(response.headers.get(key.substr(7)) == unescape_http(wanted));
    }
  }
}

}  // namespace

TEST_CASE("every response document is read as it says") {
  for (const HttpDocument& document : http_documents("response")) {
    CAPTURE(document.name);
    check_expected(document, read(document, {}));
  }
}

TEST_CASE("how a response is cut into reads changes nothing") {
  for (const HttpDocument& document : http_documents("response")) {
    CAPTURE(document.name);
    const std::string whole = seen(read(document, {}));
    const std::size_t size = document.bytes.size();
    // Long documents are long by repetition: their ends tell enough.
    for (std::size_t cut = 0; cut <= size; cut += (cut < 250 || cut + 250 > size ? 1 : 9973)) {
      const std::string halves = seen(read(document, {cut}));
      if (halves != whole) {  // one assertion for each byte would be most of the run's time
        CAPTURE(cut);
        CHECK(halves == whole);
      }
    }
    std::vector<std::size_t> every_byte;
    for (std::size_t cut = 1; cut < size; ++cut) {
      every_byte.push_back(cut);
    }
    CHECK(seen(read(document, every_byte)) == whole);
  }
}

TEST_CASE("bytes after the end of a response change nothing") {
  HttpExchange exchange("GET", {});
  const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  exchange.feed(answer);
  const std::string before = seen(exchange);
  exchange.feed(std::string("HTTP/1.1 500 Injected\r\nContent-Length: 0\r\n\r\n"));
  exchange.end();
  CHECK(seen(exchange) == before);
  CHECK(exchange.wire_bytes() > answer.size());
}

TEST_CASE("the head is known before the body is") {
  HttpExchange exchange("GET", {});
  exchange.feed(std::string("HTTP/1.1 502 Bad Gateway\r\nServer: nginx\r\n"));
  CHECK_FALSE(exchange.has_head());
  exchange.feed(std::string("Content-Length: 2\r\n\r\n"));
  CHECK(exchange.has_head());
  CHECK(exchange.state() == ExchangeState::Body);
  CHECK(exchange.response().status == 502);
  CHECK(exchange.raw_head() ==
        "HTTP/1.1 502 Bad Gateway\r\nServer: nginx\r\nContent-Length: 2\r\n\r\n");
}

TEST_CASE("the status is known before the head is, and whatever becomes of it") {
  HttpExchange exchange("GET", {});
  exchange.feed(std::string("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 502"));
  CHECK_FALSE(exchange.has_status());
  CHECK(exchange.raw_head() == "HTTP/1.1 502");
  exchange.feed(std::string(" Bad Gateway\r\nServer: ng"));
  CHECK(exchange.has_status());
  CHECK_FALSE(exchange.has_head());
  CHECK(exchange.response().status == 502);
  CHECK(exchange.response().reason == "Bad Gateway");
  CHECK(exchange.response().http_version == "1.1");
  CHECK(exchange.raw_head() == "HTTP/1.1 502 Bad Gateway\r\nServer: ng");
  exchange.feed(std::string("inx\r\nno colon\r\n"));
  CHECK(exchange.failure() == ExchangeFailure::Malformed);
  CHECK(exchange.has_status());
  CHECK_FALSE(exchange.has_head());
  CHECK(exchange.response().headers.all().empty());
  CHECK(exchange.raw_head() == "HTTP/1.1 502 Bad Gateway\r\nServer: nginx\r\nno colon\r\n");
}

TEST_CASE("a line that is refused after it was read stands in the head once") {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 12345nof0\r\n";
  HttpExchange exchange("GET", {});
  exchange.feed(head + "\r\n");
  CHECK(exchange.failure() == ExchangeFailure::Malformed);
  CHECK(exchange.raw_head() == head);
}

TEST_CASE("an announced length costs no memory and does not fail before its bytes come") {
  HttpExchange exchange("GET", {});
  exchange.feed(std::string("HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\n"));
  CHECK(exchange.state() == ExchangeState::Body);
  CHECK(exchange.response().body.capacity() < 100);
}

TEST_CASE("an exchange can be moved while it reads") {
  HttpExchange first("GET", {});
  first.feed(std::string("HTTP/1.1 200 OK\r\nContent-"));
  HttpExchange second = std::move(first);
  second.feed(std::string("Length: 2\r\n\r\nok"));
  CHECK(second.state() == ExchangeState::Complete);
  CHECK(second.response().body == "ok");
}

TEST_CASE("the whole of a body is hashed where its status says that it fails, else what is kept") {
  gatewatch::config::StatusSet fine;
  fine.add(200);
  struct Row {
    int status;
    std::string body;
    std::size_t cut;
    std::uint64_t hashed;
  };
  for (const auto& [status, body, cut, hashed] :
       {Row{502, "0123456789abcdef", 0, 16}, Row{502, "0123456789abcdef", 3, 16},
        Row{502, "0123456789abcdef", 8, 16}, Row{200, "0123456789abcdef", 3, 8},
        Row{200, "0123", 0, 4}, Row{502, "0123", 2, 4}, Row{502, "01234567", 0, 8},
        Row{502, "", 0, 0}}) {
    CAPTURE(status);
    CAPTURE(body);
    HttpExchange exchange("GET", {.kept = 8, .unhashed = &fine});
    const auto head = "HTTP/1.1 " + std::to_string(status) +
                      " x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    exchange.feed(head + body.substr(0, cut));
    exchange.feed(body.substr(cut));
    REQUIRE(exchange.state() == ExchangeState::Complete);
    Sha256 expected;
    expected.add(body.substr(0, hashed));
    CHECK(exchange.response().body_length == body.size());
    CHECK(exchange.body_digest() ==
          BodyDigest{.sha256 = hashed == 0 ? "" : expected.hex(), .size = hashed});
  }
}

#include "daemon/web/web_message.h"

#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace gatewatch::daemon::web;

TEST_CASE("every response forbids to guess, to store, to refer and to load") {
  const std::string bytes = response_bytes({.body = "{}", .headers = {}}, {});
  CHECK(bytes.starts_with("HTTP/1.1 200 OK\r\n"));
  for (const auto* const line :
       {"Content-Type: application/json; charset=utf-8\r\n", "Content-Length: 2\r\n",
        "Connection: keep-alive\r\n", "Cache-Control: no-store\r\n",
        "Content-Security-Policy: default-src 'none'", "Referrer-Policy: no-referrer\r\n",
        "X-Content-Type-Options: nosniff\r\n"}) {
    CAPTURE(line);
    CHECK(bytes.find(line) != std::string::npos);
  }
  CHECK(bytes.find("Access-Control") == std::string::npos);
  CHECK(bytes.ends_with("\r\n\r\n{}"));
}

TEST_CASE("the answer to HEAD tells the length and ends with its head") {
  const std::string bytes =
      response_bytes({.body = "12345", .headers = {}}, {.keep_alive = false, .without_body = true});
  CHECK(bytes.find("Content-Length: 5\r\n") != std::string::npos);
  CHECK(bytes.find("Connection: close\r\n") != std::string::npos);
  CHECK(bytes.ends_with("\r\n\r\n"));
}

TEST_CASE("headers of one response stand beside those of all") {
  WebResponse response = error_response(405, "no");
  response.headers.emplace_back("Allow", "GET, HEAD");
  const std::string bytes = response_bytes(response, {});
  CHECK(bytes.starts_with("HTTP/1.1 405 Method Not Allowed\r\n"));
  CHECK(bytes.find("\r\nAllow: GET, HEAD\r\n") != std::string::npos);
}

TEST_CASE("a body in pieces is chunked, or ends with the connection") {
  const WebResponse response = {
      .body = {}, .headers = {}, .pieces = [] { return std::string("unused"); }};
  const std::string chunked = response_bytes(response, {});
  CHECK(chunked.find("\r\nTransfer-Encoding: chunked\r\n") != std::string::npos);
  CHECK(chunked.ends_with("\r\n\r\n"));
  const std::string old = response_bytes(response, {.keep_alive = false, .chunked = false});
  CHECK(old.find("Transfer-Encoding") == std::string::npos);
  for (const auto& head : {chunked, old}) {
    CHECK(head.find("Content-Length") == std::string::npos);
  }
  CHECK(chunk_bytes("0123456789abcdef") == "10\r\n0123456789abcdef\r\n");
  CHECK(chunk_bytes("") == "0\r\n\r\n");
}

TEST_CASE("errors are JSON, whatever bytes they quote") {
  const auto body = nlohmann::json::parse(error_response(400, "bad \xff\"\x1b").body);
  CHECK(body["error"] == "bad \uFFFD\"\uFFFD");
}

// One HTTP/1.1 response read from bytes (RFC 9112), by llhttp in strict mode and our own checks of
// what llhttp 8 lets pass. No I/O: bytes go in, and the state says what is known. The caller acts
// on it after feed() has returned.

#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "config/match.h"
#include "probes/net/http_message.h"

namespace gatewatch::net {

struct ExchangeLimits {
  std::uint64_t head = 64 << 10;      // bytes of status line and headers, 1xx and trailers included
  std::uint64_t body = 1 << 20;       // bytes of content, before and after inflating
  std::uint64_t kept = 64 << 10;      // bytes of the (inflated) body kept
  std::uint64_t overhead = 64 << 10;  // bytes that chunk framing and extensions may add to `body`
  // What is not kept of a body is hashed where its status is none of these, and else lost; null:
  // of all. Must outlive the exchange.
  const config::StatusSet* unhashed = nullptr;
};

enum class ExchangeState : std::uint8_t {
  Head,  // nothing of the final response is complete
  Body,  // status and headers are known
  Complete,
  Failed,
};

enum class ExchangeFailure : std::uint8_t {
  None,
  Empty,              // the end came before any byte
  IncompleteHeaders,  // the end came inside the head
  IncompleteBody,     // the end came before the body's
  Malformed,          // not HTTP, or HTTP that must not be accepted
  HeaderTooLarge,
  BodyTooLarge,
  DecodeError,  // the content coding is broken or unknown
};

// SHA-256 of an inflated body, from its beginning.
struct BodyDigest {
  std::string sha256;      // 64 hex digits; empty where no body came
  std::uint64_t size = 0;  // bytes that it is of

  friend bool operator==(const BodyDigest&, const BodyDigest&) = default;
};

// Reads the response to one request. 1xx responses before it are skipped, an unasked 101 is
// Malformed. After Complete or Failed, further bytes are ignored.
class HttpExchange {
 public:
  // `method`: of the request (HEAD has no body; CONNECT ends with the head of a 2xx).
  HttpExchange(const std::string& method, const ExchangeLimits& limits);
  ~HttpExchange();
  HttpExchange(HttpExchange&&) noexcept;
  HttpExchange& operator=(HttpExchange&&) noexcept;

  void feed(std::span<const char> bytes);
  // The stream ended (FIN): completes a body that lasts to the end, else fails.
  void end();

  [[nodiscard]] ExchangeState state() const;
  [[nodiscard]] ExchangeFailure failure() const;
  [[nodiscard]] const std::string& failure_detail() const;  // one sentence; may quote the server
  [[nodiscard]] bool has_first_byte() const;
  [[nodiscard]] bool has_status() const;  // a final status line is complete, and in response()
  [[nodiscard]] bool has_head() const;    // its headers too, and nothing is wrong with them
  // Status line and headers as they came so far, at most 16 KiB; of the newest response alone.
  [[nodiscard]] const std::string& raw_head() const;
  [[nodiscard]] const Response& response() const;
  // Of the body so far, or of what is kept of it. What is kept is hashed now: for those who need
  // it.
  [[nodiscard]] BodyDigest body_digest() const;
  [[nodiscard]] std::uint64_t wire_bytes() const;  // everything fed so far

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace gatewatch::net

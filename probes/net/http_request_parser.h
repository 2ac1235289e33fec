// One HTTP/1.x request after another, read from bytes for our own server (RFC 9112). Strict where
// leniency is smuggling: Content-Length with Transfer-Encoding, duplicate Content-Length, obs-fold,
// bare LF, a missing or second Host are refused. No I/O.

#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "probes/net/http_message.h"

namespace gatewatch::net {

struct RequestLimits {
  std::uint64_t head = 16 << 10;  // bytes; over it 431
  std::uint64_t body = 64 << 10;  // bytes; over it 413, before reading it
};

class HttpRequestParser {
 public:
  explicit HttpRequestParser(const RequestLimits& limits);
  ~HttpRequestParser();

  enum class State : std::uint8_t { Reading, Complete, Failed };

  // Takes bytes up to the end of one request; the number taken. The rest belongs to the next one,
  // to be fed after take().
  std::size_t feed(std::span<const char> bytes);
  [[nodiscard]] State state() const;
  [[nodiscard]] int failure_status() const;  // 400, 413, 417, 431, 501, 505 where Failed
  [[nodiscard]] bool keep_alive() const;     // of the complete request
  [[nodiscard]] bool has_any_byte() const;   // of the current request
  [[nodiscard]] Request take();              // the complete request; begins the next

 private:
  class Parser;
  RequestLimits limits_;
  std::unique_ptr<Parser> parser_;
};

}  // namespace gatewatch::net

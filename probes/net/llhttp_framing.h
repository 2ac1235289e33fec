// Where a message's body ends (RFC 9112 section 6.3), decided from its head alone. Stricter than
// llhttp 8: whatever two readers could take for different lengths is a fault.

#pragma once

#include <cstdint>
#include <string_view>

#include "probes/net/http_message.h"
#include "probes/net/llhttp_fault.h"

namespace gatewatch::net {

enum class BodyFraming : std::uint8_t { None, Length, Chunked, UntilEnd };

struct Framing {
  BodyFraming kind = BodyFraming::None;
  std::uint64_t length = 0;  // with BodyFraming::Length
  ReadFault fault = ReadFault::None;

  friend bool operator==(const Framing&, const Framing&) = default;
};

// `http_version`: "1.0" or "1.1".
[[nodiscard]] Framing framing_of_request(std::string_view http_version, const Headers& headers);
// `asked_method`: of the request that this response answers.
[[nodiscard]] Framing framing_of_response(std::string_view asked_method, int status,
                                          std::string_view http_version, const Headers& headers);

}  // namespace gatewatch::net

#include "probes/net/llhttp_fault.h"

#include <array>

namespace gatewatch::net {

std::string_view read_fault_sentence(ReadFault fault) noexcept {
  constexpr std::array<std::string_view, 23> sentences = {
      "Nothing is wrong.",
      "The message does not begin as HTTP/1 does.",
      "The HTTP version is neither 1.0 nor 1.1.",
      "The status is not a number of three digits from 100 on.",
      "The request line is not a method, a target and a version.",
      "The method is unknown.",
      "A line ends with a bare LF.",
      "A CR is not followed by LF.",
      "A line holds a control byte.",
      "A header field is folded over lines.",
      "A header field is not a name, a colon and a value.",
      "The header is longer than the limit.",
      "There are more header fields than the limit.",
      "Content-Length stands beside Transfer-Encoding.",
      "Content-Length is not a decimal number.",
      "Content-Length stands there twice.",
      "Transfer-Encoding stands in an HTTP/1.0 message.",
      "Transfer-Encoding does not end with chunked.",
      "The transfer coding is unknown.",
      "The chunked coding is broken.",
      "The chunks hold more framing than the limit.",
      "The body is longer than the limit.",
      "The message breaks the grammar of HTTP/1.",
  };
  static_assert(sentences.size() == static_cast<std::size_t>(ReadFault::Refused) + 1);
  return sentences[static_cast<std::size_t>(fault)];
}

}  // namespace gatewatch::net

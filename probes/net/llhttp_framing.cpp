#include "probes/net/llhttp_framing.h"

#include <charconv>

#include "probes/net/llhttp_line.h"

namespace gatewatch::net {
namespace {

Framing fault(ReadFault why) {
  return {.kind = BodyFraming::None, .length = 0, .fault = why};
}

Framing framing_of_length(std::string_view text) {
  std::uint64_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
    return fault(ReadFault::BadLength);
  }
  return {.kind = length == 0 ? BodyFraming::None : BodyFraming::Length, .length = length};
}

Framing framing_of_coding(std::string_view http_version, const Headers& headers) {
  if (http_version == "1.0") {
    return fault(ReadFault::CodingInHttp10);
  }
  if (headers.count("Transfer-Encoding") > 1) {
    return fault(ReadFault::ChunkedNotLast);
  }
  const std::string_view codings = headers.get("Transfer-Encoding");
  if (equals_ignoring_case(codings, "chunked")) {
    return {.kind = BodyFraming::Chunked};
  }
  const std::string_view last = trim_blanks(codings.substr(codings.rfind(',') + 1));
  // A list that ends with chunked is well framed, but holds a coding that nobody asked for.
  return fault(equals_ignoring_case(last, "chunked") ? ReadFault::UnknownCoding
                                                     : ReadFault::ChunkedNotLast);
}

// What the header fields say, where a body is possible; `otherwise` where they say nothing.
Framing framing_of_fields(std::string_view http_version, const Headers& headers,
                          BodyFraming otherwise) {
  const int lengths = headers.count("Content-Length");
  if (headers.contains("Transfer-Encoding")) {
    return lengths > 0 ? fault(ReadFault::LengthWithCoding)
                       : framing_of_coding(http_version, headers);
  }
  if (lengths > 1) {
    return fault(ReadFault::SecondLength);
  }
  if (lengths == 1) {
    return framing_of_length(headers.get("Content-Length"));
  }
  return {.kind = otherwise};
}

}  // namespace

Framing framing_of_request(std::string_view http_version, const Headers& headers) {
  return framing_of_fields(http_version, headers, BodyFraming::None);
}

Framing framing_of_response(std::string_view asked_method, int status,
                            std::string_view http_version, const Headers& headers) {
  const bool is_tunnel = asked_method == "CONNECT" && status / 100 == 2;
  if (asked_method == "HEAD" || is_tunnel || status / 100 == 1 || status == 204 || status == 304) {
    return {};
  }
  return framing_of_fields(http_version, headers, BodyFraming::UntilEnd);
}

}  // namespace gatewatch::net

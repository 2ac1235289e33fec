// The bytes of a probe's request (RFC 9112), from the route and the hop: pure.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/config.h"
#include "config/error.h"
#include "probes/redirect.h"

namespace gatewatch {

// How the request line names the target (RFC 9112 section 3.2).
enum class TargetForm : std::uint8_t {
  Origin,    // "/path?query"
  Absolute,  // "http://host/path?query": to a proxy
};

struct RequestDetails {
  std::string user_agent;
  std::string traceparent;
  TargetForm form = TargetForm::Origin;
  std::string proxy_authorization;  // of the proxy, with the absolute form; empty: none
};

// The whole request. Our own headers are Host, User-Agent, Accept, Accept-Encoding, traceparent,
// Connection and Content-Length; a configured header of the same name takes the place of ours.
[[nodiscard]] std::string write_request(const config::Route& route, const Hop& hop,
                                        const RequestDetails& details);

// Content-Type, Accept and User-Agent: what says nothing of us. A redirect takes these to every
// origin; all other configured headers go only to the one that the operator named.
[[nodiscard]] bool is_harmless_header(std::string_view name);

// Why no request can be written for the route: a method or header that would break out of its
// line. Holds no value of a header.
[[nodiscard]] std::optional<Error> check_request(const config::Route& route);

}  // namespace gatewatch

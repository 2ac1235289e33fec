// The words of a status code for people: "Bad Gateway". What a server itself writes there is its
// own text and not to be trusted; this table is ours.

#pragma once

#include <string_view>

namespace gatewatch::alerting {

// RFC 9110 and the IANA registry; nginx's 444 and 49x, Cloudflare's 52x and 530. Empty: unknown.
[[nodiscard]] std::string_view status_phrase(int status) noexcept;

}  // namespace gatewatch::alerting

// International host names (IDNA 2008, RFC 5890 ff.), mapped as UTS #46 says without its
// transitional exceptions: what name servers, certificates and the Host header know is ASCII.

#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "config/error.h"

namespace gatewatch {

// The ASCII form of a host name in UTF-8: "bücher.example" is "xn--bcher-kva.example". What is
// ASCII already comes back as it is, and such a name
// may still hold what no host name may: the caller checks it like one that was written in ASCII.
[[nodiscard]] std::expected<std::string, Error> ascii_host_name(std::string_view name);

}  // namespace gatewatch

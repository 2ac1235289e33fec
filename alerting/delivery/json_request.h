// A POST of JSON: what every channel over HTTP sends.

#pragma once

#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "alerting/delivery/request.h"

namespace gatewatch::alerting {

// To `path` below the receiver's URL, or to that URL itself. `key`: the delivery's, which goes
// along as Idempotency-Key. Bytes of `body` that are no UTF-8 become U+FFFD.
[[nodiscard]] HttpRequest json_request(const config::HttpReceiver& receiver,
                                       const nlohmann::json& body, std::string_view key,
                                       std::string_view path = "");

}  // namespace gatewatch::alerting

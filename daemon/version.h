// Who we are: the version and the name that every probe and delivery carries.

#pragma once

#include <string>
#include <string_view>

namespace gatewatch::daemon {

[[nodiscard]] std::string_view version() noexcept;  // "0.1.0"
[[nodiscard]] std::string user_agent();             // "gatewatch/0.1.0 (+https://…)"

}  // namespace gatewatch::daemon

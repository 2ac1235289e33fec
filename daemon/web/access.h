// Who may do what with our server: the one decision that every request passes, made from its
// headers and the configuration alone.

#pragma once

#include <cstdint>
#include <string_view>

#include "config/config.h"
#include "probes/net/http_message.h"

namespace gatewatch::daemon::web {

enum class Access : std::uint8_t {
  Read,     // open on loopback; elsewhere the token, unless daemon.anonymous_reads
  Control,  // changes something: the token, JSON, and never from a page of another site
};

enum class AccessVerdict : std::uint8_t {
  Granted,
  WrongToken,     // none, or not ours
  NoToken,        // the configuration has none, so nobody may
  ForeignOrigin,  // a browser says that another site asks
  NotJson,
};

[[nodiscard]] AccessVerdict judge_access(Access access, const net::Headers& headers,
                                         const config::Daemon& daemon);

// Takes equally long wherever the first difference is.
[[nodiscard]] bool equal_in_constant_time(std::string_view left, std::string_view right) noexcept;

}  // namespace gatewatch::daemon::web

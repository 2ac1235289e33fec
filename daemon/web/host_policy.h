// Under which names our server may be reached. A page of another site whose name was made to
// resolve to our address (DNS rebinding) shows itself by its Host: that one is refused.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"

namespace gatewatch::daemon::web {

// `host`: of the Host field or of an absolute target. Any port is right: it may be forwarded.
// Right names are `localhost` and loopback literals where we listen on loopback, any literal where
// we listen on all addresses, else our own; and the names in `hosts` (daemon.hosts).
[[nodiscard]] bool is_own_host(std::string_view host, const config::ListenAddress& listen,
                               const std::vector<std::string>& hosts);

}  // namespace gatewatch::daemon::web

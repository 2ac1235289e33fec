// Unix stream sockets by their path (unix(7)): addresses and connections. Nothing here waits.

#pragma once

#include <expected>
#include <optional>
#include <string>
#include <sys/un.h>

namespace gatewatch::net {

// Nothing where the path is too long for one.
[[nodiscard]] std::optional<sockaddr_un> unix_address(const std::string& path);

// A connected socket, non-blocking, which the caller closes; or the errno. EAGAIN: nobody takes
// connections out of a backlog that is full.
[[nodiscard]] std::expected<int, int> connect_unix(const sockaddr_un& address);

}  // namespace gatewatch::net

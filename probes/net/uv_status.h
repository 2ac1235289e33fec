// What libuv and the kernel say, in our words: errors as IoResult, socket addresses as Endpoint.

#pragma once

#include <sys/socket.h>

#include <uv.h>

#include "probes/net/network.h"

namespace gatewatch::net {

// `error`: a libuv status, which on Unix is a negative errno; 0 and above are Ok.
[[nodiscard]] IoResult io_result(int error) noexcept;

// Of a connect(2) that failed at once: no packet has come back, so what cannot be reached is our
// own kernel's verdict.
[[nodiscard]] IoResult local_connect_result(int error) noexcept;

// Of a connect(2) that went on its way and failed later: what ICMP and ICMPv6 messages from afar
// become (RFC 4443, section 3.1: "administratively prohibited") is no verdict of ours.
[[nodiscard]] IoResult remote_connect_result(int error) noexcept;

// Errors that say nothing of the other side: descriptors, memory or ports of ours used up.
[[nodiscard]] bool is_own_shortage(int error_number) noexcept;

[[nodiscard]] sockaddr_storage socket_address(const Endpoint& endpoint) noexcept;
[[nodiscard]] socklen_t socket_address_size(const sockaddr_storage& address) noexcept;

// IPv4-mapped addresses become IPv4. A Unix socket's is 127.0.0.1 port 0: its peer is local.
[[nodiscard]] Endpoint endpoint_of(const sockaddr_storage& address) noexcept;

}  // namespace gatewatch::net

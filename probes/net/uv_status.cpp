#include "probes/net/uv_status.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>

namespace gatewatch::net {

bool is_own_shortage(int error_number) noexcept {
  switch (error_number) {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case EADDRNOTAVAIL:  // connect(2): no local port is free
      return true;
    default:
      return false;
  }
}

IoResult io_result(int error) noexcept {
  if (error >= 0) return {};
  if (error == UV_EOF) return {IoStatus::EndOfStream, 0};
  if (is_own_shortage(-error)) return {IoStatus::NoResources, -error};
  switch (error) {
    case UV_ECONNREFUSED:
      return {IoStatus::Refused, -error};
    case UV_ETIMEDOUT:
      return {IoStatus::TimedOut, -error};
    case UV_ENETUNREACH:
    case UV_EHOSTUNREACH:
    case UV_ENETDOWN:
    case UV_EHOSTDOWN:
      return {IoStatus::Unreachable, -error};
    case UV_ECONNRESET:
    case UV_ECONNABORTED:
    case UV_EPIPE:
      return {IoStatus::Reset, -error};
    default:
      return {IoStatus::Other, -error};
  }
}

IoResult local_connect_result(int error) noexcept {
  const auto result = io_result(error);
  const bool no_route = result.status == IoStatus::Unreachable || error == UV_EAFNOSUPPORT;
  return no_route ? IoResult{IoStatus::NoRoute, result.code} : result;
}

IoResult remote_connect_result(int error) noexcept {
  switch (-error) {
    case EACCES:
    case EPERM:
    case ENOPROTOOPT:
    case ENONET:
    case EOPNOTSUPP:
    case EPROTO:
      return {IoStatus::Unreachable, -error};
    default:
      return io_result(error);
  }
}

sockaddr_storage socket_address(const Endpoint& endpoint) noexcept {
  sockaddr_storage storage{};
  if (endpoint.address.family == IpFamily::V4) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(endpoint.port);
    std::memcpy(&address.sin_addr, endpoint.address.bytes.data(), 4);
    std::memcpy(&storage, &address, sizeof address);
  } else {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(endpoint.port);
    address.sin6_scope_id = endpoint.address.scope;
    std::memcpy(&address.sin6_addr, endpoint.address.bytes.data(), 16);
    std::memcpy(&storage, &address, sizeof address);
  }
  return storage;
}

socklen_t socket_address_size(const sockaddr_storage& address) noexcept {
  return address.ss_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
}

Endpoint endpoint_of(const sockaddr_storage& address) noexcept {
  Endpoint endpoint;
  if (address.ss_family == AF_INET) {
    sockaddr_in plain{};
    std::memcpy(&plain, &address, sizeof plain);
    std::memcpy(endpoint.address.bytes.data(), &plain.sin_addr, 4);
    endpoint.port = ntohs(plain.sin_port);
  } else if (address.ss_family == AF_INET6) {
    sockaddr_in6 plain{};
    std::memcpy(&plain, &address, sizeof plain);
    endpoint.port = ntohs(plain.sin6_port);
    const auto* const bytes = plain.sin6_addr.s6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&plain.sin6_addr)) {
      std::copy_n(bytes + 12, 4, endpoint.address.bytes.begin());
    } else {
      endpoint.address.family = IpFamily::V6;
      endpoint.address.scope = plain.sin6_scope_id;
      std::copy_n(bytes, 16, endpoint.address.bytes.begin());
    }
  } else {
    endpoint.address.bytes = {127, 0, 0, 1};
  }
  return endpoint;
}

}  // namespace gatewatch::net

#include "alerting/delivery/socket_guard.h"

#include <cstring>
#include <netinet/in.h>
#include <optional>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

namespace gatewatch::alerting {
namespace {

std::optional<IpAddress> address_of(const curl_sockaddr& address) {
  IpAddress result;
  if (address.family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address.addr, sizeof v4);
    std::memcpy(result.bytes.data(), &v4.sin_addr, sizeof v4.sin_addr);
    return result;
  }
  if (address.family != AF_INET6) return std::nullopt;
  sockaddr_in6 v6{};
  std::memcpy(&v6, &address.addr, sizeof v6);
  if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
    std::memcpy(result.bytes.data(), v6.sin6_addr.s6_addr + 12, 4);
    return result;
  }
  result.family = IpFamily::V6;
  std::memcpy(result.bytes.data(), &v6.sin6_addr, sizeof v6.sin6_addr);
  return result;
}

}  // namespace

void SocketGuard::set_policy(TargetPolicy policy) {
  const std::scoped_lock lock(mutex_);
  policy_ = std::move(policy);
}

curl_socket_t SocketGuard::open(const curl_sockaddr& address, std::string& refused) {
  const auto target = address_of(address);
  const std::scoped_lock lock(mutex_);
  if (!target || !policy_.permits(*target)) {
    refused = fmt::format("the target policy refuses the address {}",
                          target ? target->text() : std::string("of an unknown family"));
    return CURL_SOCKET_BAD;
  }
  if (cut_off_) return CURL_SOCKET_BAD;
  const int made = ::socket(address.family, address.socktype | SOCK_CLOEXEC, address.protocol);
  if (made >= 0) open_.insert(made);
  return made < 0 ? CURL_SOCKET_BAD : made;
}

void SocketGuard::close(curl_socket_t socket) {
  const std::scoped_lock lock(mutex_);
  open_.erase(socket);
  ::close(socket);
}

void SocketGuard::cut_off() {
  const std::scoped_lock lock(mutex_);
  cut_off_ = true;
  for (const auto socket : open_) ::shutdown(socket, SHUT_RDWR);
}

}  // namespace gatewatch::alerting

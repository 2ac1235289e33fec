#include "probes/net/unix_socket.h"

#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <unistd.h>

namespace gatewatch::net {

std::optional<sockaddr_un> unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return std::nullopt;
  std::memcpy(address.sun_path, path.c_str(), path.size());
  return address;
}

std::expected<int, int> connect_unix(const sockaddr_un& address) {
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return std::unexpected(errno);
  const auto* const generic = reinterpret_cast<const sockaddr*>(&address);
  if (::connect(descriptor, generic, sizeof address) == 0) return descriptor;
  const int error = errno;
  ::close(descriptor);
  return std::unexpected(error);
}

}  // namespace gatewatch::net

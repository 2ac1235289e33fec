#include "probes/net/listening_socket.h"

#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "probes/net/unix_socket.h"
#include "probes/net/uv_status.h"

namespace gatewatch::net {
namespace {

constexpr int backlog = 511;
constexpr mode_t unix_socket_mode = 0660;

std::unexpected<Error> cannot_listen(const std::string& address, int error_number) {
  const auto why = error_number == EADDRINUSE ? std::string("the address is already in use")
                                              : std::string(std::strerror(error_number));
  return std::unexpected(Error{fmt::format("cannot listen on {}: {}", address, why)});
}

bool is_socket(const std::string& path) {
  struct stat status{};
  return ::lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode);
}

// Whether somebody accepts connections at the path. Never waits: a full backlog is an answer too.
bool is_served(const sockaddr_un& address) {
  const auto connection = connect_unix(address);
  if (connection) ::close(*connection);
  return connection || connection.error() != ECONNREFUSED;
}

}  // namespace

ListeningSocket::ListeningSocket(ListeningSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      local_(other.local_),
      path_(std::exchange(other.path_, {})),
      device_(other.device_),
      inode_(other.inode_) {}

ListeningSocket::~ListeningSocket() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (path_.empty()) return;
  struct stat status{};
  const bool is_ours =
      ::lstat(path_.c_str(), &status) == 0 && status.st_dev == device_ && status.st_ino == inode_;
  if (is_ours) ::unlink(path_.c_str());
}

std::expected<ListeningSocket, Error> ListeningSocket::open(const config::ListenAddress& address) {
  return address.unix_path.empty() ? open_tcp(address.endpoint) : open_unix(address.unix_path);
}

std::expected<ListeningSocket, Error> ListeningSocket::open_tcp(const Endpoint& endpoint) {
  sockaddr_storage address = socket_address(endpoint);
  ListeningSocket made(::socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (made.descriptor_ < 0) return cannot_listen(endpoint.text(), errno);
  // Connections of the process before this one may linger in TIME_WAIT.
  const int on = 1;
  ::setsockopt(made.descriptor_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  socklen_t size = socket_address_size(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(made.descriptor_, generic, size) != 0 || ::listen(made.descriptor_, backlog) != 0 ||
      ::getsockname(made.descriptor_, generic, &size) != 0) {
    return cannot_listen(endpoint.text(), errno);
  }
  made.local_ = endpoint_of(address);
  return made;
}

std::expected<ListeningSocket, Error> ListeningSocket::open_unix(const std::string& path) {
  const auto address = unix_address(path);
  if (!address) return cannot_listen(path, ENAMETOOLONG);
  ListeningSocket made(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (made.descriptor_ < 0) return cannot_listen(path, errno);

  const auto* const generic = reinterpret_cast<const sockaddr*>(&*address);
  int bound = ::bind(made.descriptor_, generic, sizeof *address);
  if (bound != 0 && errno == EADDRINUSE) {
    if (!is_socket(path)) {
      return std::unexpected(
          Error{fmt::format("cannot listen on {}: the file is in use and is no socket", path)});
    }
    if (is_served(*address)) return cannot_listen(path, EADDRINUSE);
    ::unlink(path.c_str());
    bound = ::bind(made.descriptor_, generic, sizeof *address);
  }
  if (bound != 0) return cannot_listen(path, errno);

  made.path_ = path;
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) return cannot_listen(path, errno);
  made.device_ = status.st_dev;
  made.inode_ = status.st_ino;
  // Before listen(): until then nobody can connect, whatever the umask left open.
  if (::chmod(path.c_str(), unix_socket_mode) != 0 || ::listen(made.descriptor_, backlog) != 0) {
    return cannot_listen(path, errno);
  }
  made.local_.address.bytes = {127, 0, 0, 1};
  return made;
}

}  // namespace gatewatch::net

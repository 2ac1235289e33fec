// A bound and listening socket, TCP or Unix. A Unix socket's file takes the place of a dead
// server's, never of a live one's, and goes with the socket.

#pragma once

#include <expected>
#include <string>
#include <sys/types.h>

#include "config/config.h"
#include "config/error.h"

namespace gatewatch::net {

class ListeningSocket {
 public:
  [[nodiscard]] static std::expected<ListeningSocket, Error> open(
      const config::ListenAddress& address);
  ListeningSocket(ListeningSocket&& other) noexcept;
  ListeningSocket& operator=(ListeningSocket&&) = delete;
  ~ListeningSocket();

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] const Endpoint& local() const { return local_; }

 private:
  explicit ListeningSocket(int descriptor) : descriptor_(descriptor) {}
  [[nodiscard]] static std::expected<ListeningSocket, Error> open_tcp(const Endpoint& endpoint);
  [[nodiscard]] static std::expected<ListeningSocket, Error> open_unix(const std::string& path);

  int descriptor_;
  Endpoint local_;
  std::string path_;  // of the Unix socket's file, where it is ours to remove
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace gatewatch::net

// Listener on a listening socket of ours under uv_poll_t: libuv's own listener would spin when
// descriptors run out, and cannot pause.

#pragma once

#include <expected>
#include <memory>

#include "probes/net/listening_socket.h"
#include "probes/net/network.h"
#include "probes/net/uv_loop.h"

namespace gatewatch::net {

class UvListener final : public Listener {
 public:
  [[nodiscard]] static std::expected<std::unique_ptr<UvListener>, Error> create(
      UvLoop& loop, const config::ListenAddress& address, Accept accept);
  ~UvListener() override;

  [[nodiscard]] Endpoint local() const override { return socket_.local(); }
  void pause() override;
  void resume() override;

 private:
  struct Block;
  UvListener(UvLoop& loop, ListeningSocket socket, Accept accept);

  void watch();
  void rest();
  static void accept_waiting(Block* block);

  ListeningSocket socket_;
  Block* block_;
  bool paused_ = false;
};

}  // namespace gatewatch::net

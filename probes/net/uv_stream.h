// Stream on uv_tcp_t, or on uv_pipe_t for an accepted Unix socket.

#pragma once

#include <string>

#include "probes/net/network.h"
#include "probes/net/uv_loop.h"

namespace gatewatch::net {

class UvStream final : public Stream {
 public:
  explicit UvStream(UvLoop& loop);
  // An accepted connection; owns `descriptor` from now on.
  enum class Kind : std::uint8_t { Tcp, Unix };
  UvStream(UvLoop& loop, Kind kind, int descriptor, const Endpoint& peer);
  ~UvStream() override;

  void set_events(StreamEvents* events) override { events_ = events; }
  void connect(const Endpoint& endpoint) override;
  void write(std::string bytes) override;
  void read_start() override;
  void read_stop() override;
  void shutdown() override;
  [[nodiscard]] Endpoint peer() const override { return peer_; }

 private:
  struct Block;

  void connected(int status);
  void written(int status);
  void received(ssize_t size, const uv_buf_t* buffer);
  void end_reading(int status);
  [[nodiscard]] int end_status() const;  // what libuv's UV_EOF stands for

  UvLoop& loop_;
  Block* block_;
  StreamEvents* events_ = nullptr;
  Endpoint peer_;
  UvLoop::DeferredId failed_request_ = 0;
  UvLoop::DeferredId failed_read_ = 0;
  bool asked_to_connect_ = false;
  bool writing_ = false;
  bool reading_ = false;
  bool ended_ = false;
};

}  // namespace gatewatch::net

// Stream on a non-blocking socket: TCP, or a connected Unix socket.

#pragma once

#include <optional>
#include <string>

#include "probes/net/network.h"
#include "probes/net/socket_poll.h"

namespace gatewatch::net {

class SocketStream final : public Stream, private SocketPoll::Watcher {
 public:
  explicit SocketStream(UvLoop& loop);
  // A connection that stands, non-blocking; owns `descriptor` from now on.
  enum class Kind : std::uint8_t { Tcp, Unix };
  SocketStream(UvLoop& loop, Kind kind, int descriptor, const Endpoint& peer);
  ~SocketStream() override;

  void set_events(StreamEvents* events) override { events_ = events; }
  void connect(const Endpoint& endpoint) override;
  void write(std::string bytes) override;
  void read_start() override;
  void read_stop() override { reading_ = false; }
  void shutdown() override;
  [[nodiscard]] Endpoint peer() const override { return peer_; }

 private:
  void on_ready(std::uint32_t events) override;
  [[nodiscard]] int begin_connect();
  void end_connect(IoResult result);
  void flush();
  void end_write(int error);
  void read_some();
  void end_reading(int error);
  [[nodiscard]] int socket_error() const;
  [[nodiscard]] bool has_connection() const { return descriptor_ >= 0; }  // or one in the making

  UvLoop& loop_;
  SocketPoll::Id id_;
  StreamEvents* events_ = nullptr;
  Endpoint peer_;
  int descriptor_ = -1;
  std::string outgoing_;
  std::size_t sent_ = 0;              // of it
  std::optional<int> connect_error_;  // an errno or 0, to be told soon
  std::optional<int> write_error_;    // the same
  bool is_tcp_ = true;
  bool asked_to_connect_ = false;
  bool connecting_ = false;
  bool writing_ = false;      // until on_written
  bool may_delay_ = true;     // Nagle's algorithm is on
  bool has_written_ = false;  // once
  bool shutting_down_ = false;
  bool reading_ = false;
  bool readable_ = false;  // the kernel may have something
  bool urgent_ = false;    // urgent data came, once
  bool ending_ = false;    // the kernel has the end
  bool ended_ = false;
};

}  // namespace gatewatch::net

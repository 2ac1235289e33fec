// One client of our server: reads a request, waits for its answer, sends it, and begins anew. It
// reads nothing while it answers, so that a client that asks faster than it listens is held by TCP.

#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "daemon/web/server.h"
#include "probes/net/http_request_parser.h"
#include "probes/net/network.h"

namespace gatewatch::daemon::web {

class Connection final : public net::StreamEvents {
 public:
  // From the least missed to the most.
  enum class Phase : std::uint8_t {
    Idle,       // no byte of a request has come
    Reading,    // a part of one has
    Draining,   // the last answer is sent; what still comes is thrown away
    Writing,    // begins anew with each piece of the answer that the client takes
    Answering,  // the handler is at work
  };

  Connection(Server& server, std::unique_ptr<net::Stream> stream);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void start();
  [[nodiscard]] Phase phase() const { return phase_; }
  [[nodiscard]] Instant phase_began() const { return phase_began_; }

  void on_connected(net::IoResult result) override;
  void on_written(net::IoResult result) override;
  void on_read(std::span<const char> bytes) override;
  void on_read_end(net::IoResult result) override;

 private:
  // What a reply holds of its connection.
  struct Ticket {
    Connection* connection;  // nullptr: gone, or answered
  };

  void enter(Phase phase);
  void on_deadline();
  void take_bytes();
  void ask();
  void answer(WebResponse response);
  void refuse(int status, const char* message);
  [[nodiscard]] bool has_room(const WebResponse& response) const;
  void send(std::string bytes);
  void write_piece();
  void make_piece();
  void end_answer();
  void begin_next();
  void drain();
  void close();

  Server& server_;
  std::unique_ptr<net::Stream> stream_;
  std::unique_ptr<net::Timer> deadline_;
  net::HttpRequestParser parser_;
  Phase phase_ = Phase::Idle;
  Instant phase_began_;
  std::string unread_;  // came after the request that is being answered; at most one read
  std::string unsent_;
  std::size_t sent_ = 0;
  WebPieces pieces_;  // what follows upon unsent_; set while one of the server's streams is ours
  Instant stream_end_;
  std::size_t drained_ = 0;
  bool keep_alive_ = false;
  bool takes_chunks_ = false;
  bool is_head_ = false;
  std::shared_ptr<Ticket> ticket_;
};

}  // namespace gatewatch::daemon::web

// A simulated connection: two ends that send each other bytes, FIN and RST through the event
// queue. A stream owns one end; an end whose stream is gone hears nothing any more.

#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <variant>

#include "tests/fakes/simulated_world.h"

namespace gatewatch::tests {

class SimulatedEnd : public std::enable_shared_from_this<SimulatedEnd> {
 public:
  explicit SimulatedEnd(std::shared_ptr<SimulatedWorld> world) : world_(std::move(world)) {}

  static void join(const std::shared_ptr<SimulatedEnd>& client,
                   const std::shared_ptr<SimulatedEnd>& server);

  void connect(const Endpoint& endpoint);
  void write(std::string bytes);  // one at a time, answered by on_written
  void send(std::string bytes);   // as many as wanted, unanswered
  void finish();                  // FIN after what was sent
  void reset();                   // RST at once
  void close();                   // as close(2): FIN, or RST where bytes were left unread
  void set_reading(bool reading);

  net::StreamEvents* events = nullptr;
  Endpoint local;
  Endpoint remote;

  [[nodiscard]] bool is_closed() const { return closed_; }
  [[nodiscard]] bool peer_is_closed() const;

 private:
  using Arrival = std::variant<std::string, net::IoResult>;

  void answer_connect(std::chrono::nanoseconds after, net::IoResult result);
  void reach_listener();
  void transmit(Arrival arrival);
  void arrive(Arrival arrival);
  void deliver();
  void answer_write();

  std::shared_ptr<SimulatedWorld> world_;
  std::weak_ptr<SimulatedEnd> peer_;
  std::deque<Arrival> inbox_;
  Instant last_arrival_{};          // at the peer: order is kept whatever the jitter
  std::uint64_t unread_bytes_ = 0;  // sent to us, not yet handed to our events
  bool reading_ = false;
  bool writing_ = false;
  bool finished_ = false;
  bool broken_ = false;  // RST came: writes fail
  bool ended_ = false;   // on_read_end was delivered
  bool closed_ = false;
};

// `end`: of an accepted connection; nullptr for a new one.
[[nodiscard]] std::unique_ptr<net::Stream> make_simulated_stream(
    const std::shared_ptr<SimulatedWorld>& world, std::shared_ptr<SimulatedEnd> end = nullptr);

}  // namespace gatewatch::tests

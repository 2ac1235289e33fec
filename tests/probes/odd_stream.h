// A network whose streams answer before they confirm a write, or refuse it: orders of events that
// a kernel brings about only in rare races.

#pragma once

#include <chrono>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "probes/net/invariant.h"
#include "tests/fakes/simulated_network.h"

namespace gatewatch::tests {

class OddNetwork final : public net::Network {
 public:
  // The n-th write of a connection is followed by the n-th answer, then by `written`.
  OddNetwork(std::vector<std::string> answers, net::IoStatus written)
      : answers_(std::move(answers)), written_(written) {}

  [[nodiscard]] SimulatedNetwork& world() { return world_; }

  [[nodiscard]] const net::Clock& clock() const override { return world_.clock(); }
  [[nodiscard]] std::unique_ptr<net::Timer> timer() override { return world_.timer(); }
  [[nodiscard]] net::Resolver& resolver(const std::string& server) override {
    return world_.resolver(server);
  }
  [[nodiscard]] std::expected<std::unique_ptr<net::Listener>, Error> listen(
      const config::ListenAddress& address, net::Listener::Accept accept) override {
    return world_.listen(address, std::move(accept));
  }
  [[nodiscard]] std::unique_ptr<net::Wakeup> wakeup(
      std::move_only_function<void()> callback) override {
    return world_.wakeup(std::move(callback));
  }
  [[nodiscard]] std::unique_ptr<net::Stream> stream() override {
    return std::make_unique<OddStream>(*this);
  }

 private:
  class OddStream final : public net::Stream {
   public:
    explicit OddStream(OddNetwork& network)
        : network_(network), answer_(network.timer()), confirmation_(network.timer()) {}

    void set_events(net::StreamEvents* events) override { events_ = events; }
    void connect(const Endpoint& endpoint) override {
      peer_ = endpoint;
      answer_->start(std::chrono::nanoseconds(0), [this] { events_->on_connected({}); });
    }
    void write(std::string) override {
      net::require(!std::exchange(writing_, true), "a second write before on_written");
      const auto answer = network_.answers_.at(writes_++);
      const auto confirm = [this] {
        writing_ = false;
        events_->on_written({network_.written_, 0});
      };
      const auto tell = [this, answer] { events_->on_read(answer); };
      const bool refused = network_.written_ != net::IoStatus::Ok;
      confirmation_->start(std::chrono::milliseconds(refused ? 1 : 2), confirm);
      answer_->start(std::chrono::milliseconds(refused ? 2 : 1), tell);
    }
    void read_start() override {}
    void read_stop() override {}
    void shutdown() override {}
    [[nodiscard]] Endpoint peer() const override { return peer_; }

   private:
    OddNetwork& network_;
    net::StreamEvents* events_ = nullptr;
    std::unique_ptr<net::Timer> answer_;
    std::unique_ptr<net::Timer> confirmation_;
    Endpoint peer_;
    std::size_t writes_ = 0;
    bool writing_ = false;
  };

  SimulatedNetwork world_;
  std::vector<std::string> answers_;
  net::IoStatus written_;
};

}  // namespace gatewatch::tests

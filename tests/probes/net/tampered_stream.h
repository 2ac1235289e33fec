// A stream whose writes are changed on their way out: a server that breaks its own records.

#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "probes/net/network.h"

namespace gatewatch::tests {

class TamperedStream final : public net::Stream {
 public:
  using Change = std::function<void(std::string& bytes)>;

  TamperedStream(std::unique_ptr<net::Stream> below, Change change)
      : below_(std::move(below)), change_(std::move(change)) {}

  void set_events(net::StreamEvents* events) override { below_->set_events(events); }
  void connect(const Endpoint& endpoint) override { below_->connect(endpoint); }
  void write(std::string bytes) override {
    change_(bytes);
    below_->write(std::move(bytes));
  }
  void read_start() override { below_->read_start(); }
  void read_stop() override { below_->read_stop(); }
  void shutdown() override { below_->shutdown(); }
  [[nodiscard]] Endpoint peer() const override { return below_->peer(); }

 private:
  std::unique_ptr<net::Stream> below_;
  Change change_;
};

}  // namespace gatewatch::tests

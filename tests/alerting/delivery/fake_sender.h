// A Sender that a test answers by hand or by script, on the clock of the simulated network.

#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "alerting/delivery/sender.h"
#include "tests/fakes/simulated_network.h"

namespace gatewatch::tests {

struct FakeAnswer {
  alerting::SendResult result;
  std::chrono::nanoseconds after = std::chrono::milliseconds(10);
};

// `decide` says what becomes of each request, at the time it is sent.
class FakeSender final : public alerting::Sender {
 public:
  using Decide = std::function<FakeAnswer(const alerting::Request&)>;

  FakeSender(SimulatedNetwork& network, Decide decide)
      : network_(network), decide_(std::move(decide)) {}

  void send(alerting::Request request, Done done) override {
    const auto answer = decide_(request);
    auto& timer = timers_.emplace_back(network_.timer());
    timer->start(answer.after, [result = answer.result, done = std::move(done)]() mutable {
      done(std::move(result));
    });
  }
  void set_policy(TargetPolicy /*policy*/) override {}

 private:
  SimulatedNetwork& network_;
  Decide decide_;
  std::list<std::unique_ptr<net::Timer>> timers_;
};

[[nodiscard]] inline alerting::SendResult delivered() {
  return {.status = alerting::SendStatus::Delivered, .error = ""};
}
[[nodiscard]] inline alerting::SendResult transient() {
  return {.status = alerting::SendStatus::Transient, .error = "HTTP 503"};
}
[[nodiscard]] inline alerting::SendResult permanent() {
  return {.status = alerting::SendStatus::Permanent, .error = "HTTP 404"};
}

}  // namespace gatewatch::tests

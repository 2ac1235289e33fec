// An outbox on the simulated clock, with a scripted receiver and what it recorded, for tests.

#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "alerting/outbox.h"
#include "tests/alerting/delivery/example_notification.h"
#include "tests/alerting/delivery/fake_sender.h"
#include "tests/fakes/simulated_network.h"

namespace gatewatch::tests {

[[nodiscard]] inline config::Channel webhook(const std::string& name) {
  config::WebhookChannel settings;
  settings.url = config::Secret("https://" + name + ".example.com/hook");
  return {name, settings};
}

// The channel and the key that a webhook's request carries.
[[nodiscard]] inline std::string channel_of(const alerting::Request& request) {
  const auto& url = std::get<alerting::HttpRequest>(request).url.reveal();
  return url.substr(8, url.find(".example") - 8);
}
[[nodiscard]] inline std::string key_of(const alerting::Request& request) {
  for (const auto& header : std::get<alerting::HttpRequest>(request).headers) {
    if (header.name == "Idempotency-Key") return header.value.reveal();
  }
  return "";
}

struct OutboxWorld {
  struct Sent {
    std::string channel;
    std::string key;
    Instant at;
  };

  OutboxWorld() { restart({}); }
  ~OutboxWorld() { outbox.reset(); }
  OutboxWorld(const OutboxWorld&) = delete;
  OutboxWorld& operator=(const OutboxWorld&) = delete;

  // A new outbox and sender, as after a restart; answers in flight never come.
  void restart(const std::vector<config::Channel>& channels) {
    outbox.reset();
    sender = std::make_unique<FakeSender>(network, [this](const alerting::Request& request) {
      sent.push_back({channel_of(request), key_of(request), network.clock().now()});
      return answer(request);
    });
    outbox = std::make_unique<alerting::Outbox>(
        network, *sender, alerting::OutboxLimits{}, 7,
        [this](const storage::DeliveryRecord& record) { recorded[record.key] = record; });
    outbox->set_channels(channels);
  }

  [[nodiscard]] storage::DeliveryRecord delivery(const std::string& channel, std::int64_t incident,
                                                 std::int64_t sequence) const {
    auto notification = opening();
    notification.incident = incident;
    notification.sequence = sequence;
    storage::DeliveryRecord record;
    record.key = std::to_string(incident) + "." + std::to_string(sequence) + "." + channel;
    record.incident = incident;
    record.sequence = sequence;
    record.channel = channel;
    record.notification = alerting::to_json_text(notification);
    record.created = network.clock().wall_now();
    record.next_attempt = record.created;
    return record;
  }

  [[nodiscard]] std::vector<std::string> sent_keys() const {
    std::vector<std::string> keys;
    for (const auto& attempt : sent) keys.push_back(attempt.key);
    return keys;
  }

  SimulatedNetwork network;
  std::function<FakeAnswer(const alerting::Request&)> answer = [](const alerting::Request&) {
    return FakeAnswer{delivered()};
  };
  std::vector<Sent> sent;
  std::map<std::string, storage::DeliveryRecord> recorded;  // the newest of each key
  std::unique_ptr<FakeSender> sender;
  std::unique_ptr<alerting::Outbox> outbox;
};

}  // namespace gatewatch::tests

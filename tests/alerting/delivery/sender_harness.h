// The real sender on a real loop, with the answers it gave.

#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "alerting/delivery/curl_sender.h"
#include "tests/fakes/uv_harness.h"

namespace gatewatch::tests {

class SenderHarness {
 public:
  SenderHarness() = default;

  // Before the first send.
  alerting::CurlSenderSettings settings = {
      .policy = TargetPolicy::standard(),
      .user_agent = "gatewatch/test",
      .log = {},
      .notice = [this](const std::string& line) { logged.push_back(line); }};
  std::vector<std::string> logged;

  [[nodiscard]] net::UvNetwork& network() { return uv.network(); }

  // Sends all at once; their results, each once it has come.
  [[nodiscard]] std::vector<alerting::SendResult> send(std::vector<alerting::Request> requests) {
    auto& sender = started();
    std::vector<alerting::SendResult> results(requests.size());
    std::size_t answered = 0;
    for (std::size_t at = 0; at < requests.size(); ++at) {
      sender.send(std::move(requests[at]), [&, at](alerting::SendResult result) {
        results[at] = std::move(result);
        ++answered;
      });
    }
    CHECK(answered == 0);  // never from inside send()
    CHECK(uv.run_until([&] { return answered == results.size(); }));
    return results;
  }
  [[nodiscard]] alerting::SendResult send_one(alerting::Request request) {
    std::vector<alerting::Request> requests;
    requests.push_back(std::move(request));
    return send(std::move(requests)).front();
  }
  [[nodiscard]] alerting::Sender& started() {
    if (sender_ == nullptr) {
      sender_ = alerting::make_curl_sender(network(), settings).value();
    }
    return *sender_;
  }
  void end_sender() { sender_.reset(); }

  UvHarness uv;

 private:
  std::unique_ptr<alerting::Sender> sender_;
};

}  // namespace gatewatch::tests

// Does all I/O of delivery. curl_sender.h is the real one (libcurl's multi interface on a thread
// of its own); tests use a fake.

#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "alerting/delivery/request.h"
#include "config/error.h"
#include "config/ip_address.h"

namespace gatewatch::alerting {

enum class SendStatus : std::uint8_t {
  Delivered,
  Transient,  // worth another attempt: no connection, timeout, 408, 425, 429, 3xx, 5xx; SMTP 4xx
  Permanent,  // refused for good: any other 4xx; SMTP 5xx
};

struct SendResult {
  SendStatus status = SendStatus::Transient;
  // One line, no secret. Where delivered: empty, or which of several receivers did not get it.
  std::string error;
  std::optional<std::chrono::seconds> retry_after = std::nullopt;  // what the receiver asked for
};

class Sender {
 public:
  using Done = std::move_only_function<void(SendResult)>;
  virtual ~Sender() = default;  // pending sends are given up; their `done` is never called
  // `done` is called once, on the thread that send() was called on, never from inside send().
  virtual void send(Request request, Done done) = 0;
  // Which addresses receivers may have, for every connection from now on; those that are open stay.
  virtual void set_policy(TargetPolicy policy) = 0;
};

}  // namespace gatewatch::alerting

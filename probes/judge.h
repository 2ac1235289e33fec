// From a complete response and what was expected of it to an outcome: pure, no clock, no I/O.

#pragma once

#include <chrono>
#include <expected>
#include <memory>
#include <string>

#include "config/config.h"
#include "probes/net/http_message.h"
#include "probes/result.h"

namespace gatewatch {

struct Verdict {
  Outcome outcome = Outcome::Ok;
  std::string reason;  // "status", "body_contains", "body_json", "header", "latency", … or empty
  std::string detail;  // which expectation, what was wanted, what came

  friend bool operator==(const Verdict&, const Verdict&) = default;
};

// A route's expectations made ready: patterns compiled, JSON pointers parsed. Immutable; may be
// shared between threads.
class Judge {
 public:
  [[nodiscard]] static std::expected<std::shared_ptr<const Judge>, Error> create(
      const config::Expectation& expectation);
  ~Judge();

  // The first expectation that fails, in the order status, headers, body, latency.
  [[nodiscard]] Verdict judge(const net::Response& response,
                              std::chrono::microseconds duration) const;
  // Whether the certificate expires within the expected time at `now`.
  [[nodiscard]] bool expires_soon(const CertificateFacts& certificate, Timestamp now) const;
  // Bytes of a body that judging needs: 0 where no expectation looks at the body.
  [[nodiscard]] std::uint64_t body_bytes_needed() const;

 private:
  struct Compiled;
  explicit Judge(std::unique_ptr<Compiled> compiled);

  std::unique_ptr<Compiled> compiled_;
};

}  // namespace gatewatch

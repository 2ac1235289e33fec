// The newest result of a route and region, packed: one is kept for each, and most of them have
// nothing to tell but numbers.

#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "probes/result.h"

namespace gatewatch::daemon {

// Without the route's and the region's name, which whoever keeps it knows; and without evidence,
// of which a route could hold 24 KiB for as long as it fails.
class LastResult {
 public:
  LastResult() = default;
  explicit LastResult(const Result& result);

  // As it came, but for durations beyond an hour, which are cut, and for evidence.
  [[nodiscard]] Result unpack(std::string route, std::string region) const;

 private:
  // What a failure or TLS brings.
  struct Texts {
    std::string reason;
    std::string detail;
    std::string tls_version;
    std::string tls_cipher;
    std::optional<CertificateFacts> certificate;

    friend bool operator==(const Texts&, const Texts&) = default;
  };

  Timestamp started_;
  std::chrono::microseconds interval_{0};
  std::uint64_t body_size_ = 0;
  std::unique_ptr<const Texts> texts_;  // nullptr: all are empty
  std::array<std::uint32_t, phase_count> phases_us_{};
  ResolvedAddresses resolved_;
  std::optional<Endpoint> remote_;
  std::array<char, 32> trace_id_{};     // shorter ones end with a zero byte
  std::array<char, 4> http_version_{};  // as those
  std::int16_t status_ = 0;
  std::int16_t redirects_ = 0;
  ProbeKind kind_ = ProbeKind::Scheduled;
  Outcome outcome_ = Outcome::Ok;
  Phase last_phase_ = Phase::Dns;
  std::optional<IpFamily> broken_family_;
  bool addresses_changed_ = false;
  bool turn_goes_on_ = false;
  bool cert_expiring_ = false;
  bool maintenance_ = false;
};

}  // namespace gatewatch::daemon

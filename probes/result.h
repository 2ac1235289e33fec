// What one probe found: the value that flows through the whole program. A failing target is data:
// a Result never holds an Error.

#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/ip_address.h"
#include "config/outcome.h"
#include "probes/evidence.h"
#include "probes/time.h"

namespace gatewatch {

// Why the probe ran. Uptime counts Scheduled outside maintenance alone; rules count Scheduled and
// Confirmation.
enum class ProbeKind : std::uint8_t { Scheduled, Confirmation, Manual };
[[nodiscard]] std::string_view probe_kind_name(ProbeKind kind) noexcept;

struct Timings {
  std::array<std::chrono::microseconds, phase_count> phases{};  // summed over redirect hops

  [[nodiscard]] std::chrono::microseconds& operator[](Phase phase) {
    return phases[static_cast<std::size_t>(phase)];
  }
  [[nodiscard]] std::chrono::microseconds operator[](Phase phase) const {
    return phases[static_cast<std::size_t>(phase)];
  }
  [[nodiscard]] std::chrono::microseconds total() const;

  friend bool operator==(const Timings&, const Timings&) = default;
};

// The facts of the certificate chain that the server showed, whether it was accepted or not.
struct CertificateFacts {
  Timestamp not_before;
  Timestamp not_after;  // the earliest of the verified chain; the leaf's where none was verified
  std::string subject;  // RFC 2253 text, at most 256 bytes
  std::string issuer;
  std::string fingerprint;  // SHA-256 of the leaf, hex

  friend bool operator==(const CertificateFacts&, const CertificateFacts&) = default;
};

// The addresses that a name resolved to, in ascending order; shared by the copies of a result.
class ResolvedAddresses {
 public:
  static constexpr std::size_t limit = 16;  // the lowest are kept

  ResolvedAddresses() = default;
  explicit ResolvedAddresses(std::vector<IpAddress> addresses);

  [[nodiscard]] const std::vector<IpAddress>& list() const;
  [[nodiscard]] bool empty() const { return list().empty(); }

  friend bool operator==(const ResolvedAddresses& left, const ResolvedAddresses& right) {
    return left.list_ == right.list_ || left.list() == right.list();
  }

 private:
  std::shared_ptr<const std::vector<IpAddress>> list_;  // null: none
};

struct Result {
  Timestamp started;
  std::string route;  // config::Route::id()
  std::string region;
  ProbeKind kind = ProbeKind::Scheduled;
  std::chrono::microseconds interval{0};  // of its route; 0: not known
  bool turn_goes_on = false;              // with addresses = "all": others of the same turn follow
  bool maintenance = false;  // it started within a maintenance window: no part of uptime
  Outcome outcome = Outcome::Ok;
  std::string reason;  // a word from a closed list per outcome ("expired"); empty: none
  std::string
      detail;      // one sentence for people where it failed, or an address; may quote the server
  int status = 0;  // of the last hop, or of its proxy's refusal; 0: none came
  Phase last_phase = Phase::Dns;  // where the exchange stopped
  Timings timings;
  std::uint64_t body_size = 0;     // bytes of the last body as read, before inflating
  int redirects = 0;               // hops followed
  std::optional<Endpoint> remote;  // of the last hop
  // Of the name that the first hop asked for; empty: of none, or not all of them were known yet.
  ResolvedAddresses resolved;
  bool addresses_changed = false;  // the probe of the route before it got other ones
  // The family whose addresses failed before one of the other answered, or could not be learned.
  std::optional<IpFamily> broken_family;
  std::string http_version;  // "1.1"; empty: no status line came
  std::string tls_version;   // "TLSv1.3"; empty: no TLS
  std::string tls_cipher;
  std::optional<CertificateFacts> certificate;
  bool cert_expiring = false;  // the warning of expect.certificate, of a verified one
  SharedEvidence evidence;     // none where it did not fail, unless somebody asked by hand
  std::string trace_id;        // 32 hex digits that we sent in `traceparent`

  [[nodiscard]] std::chrono::microseconds duration() const { return timings.total(); }
  [[nodiscard]] bool is_failing() const { return outcome_row(outcome).failing; }

  friend bool operator==(const Result&, const Result&) = default;
};

}  // namespace gatewatch

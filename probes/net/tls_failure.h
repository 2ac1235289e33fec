// Why a handshake or a record failed, in words that can be counted.

#pragma once

#include <string>
#include <string_view>

namespace gatewatch::net {

struct TlsFailure {
  // One of: expired, not_yet_valid, wrong_host, untrusted, self_signed, revoked, weak, protocol,
  // handshake, certificate, closed, reset, record.
  std::string reason;
  std::string detail;  // one sentence, names the certificate where one is at fault

  friend bool operator==(const TlsFailure&, const TlsFailure&) = default;
};

// `verify_error`: an X509_V_ERR_… code.
[[nodiscard]] std::string_view certificate_reason(long verify_error) noexcept;

// `error`: of OpenSSL's error queue. `handshaken`: whether the handshake was over before.
[[nodiscard]] TlsFailure library_failure(unsigned long error, bool handshaken);

}  // namespace gatewatch::net

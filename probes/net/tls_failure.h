// Why a handshake or a record failed, in words that can be counted.

#pragma once

#include <string>
#include <string_view>

namespace gatewatch::net {

struct TlsFailure {
  // One of: expired, not_yet_valid, wrong_host, untrusted, self_signed, revoked, weak, certificate
  // (the server's, for another fault), client_certificate (ours, or that we have none), not_tls,
  // protocol, handshake, closed, reset, record.
  std::string reason;
  std::string detail;  // one sentence, names the certificate where one is at fault

  friend bool operator==(const TlsFailure&, const TlsFailure&) = default;
};

// `verify_error`: an X509_V_ERR_… code.
[[nodiscard]] std::string_view certificate_reason(long verify_error) noexcept;

// `error`: of OpenSSL's error queue. `handshaken`: whether the handshake was over before.
[[nodiscard]] TlsFailure library_failure(unsigned long error, bool handshaken);

// Whether a first byte from a server can be one of TLS (RFC 8446 section 5.1).
[[nodiscard]] bool begins_like_tls(char first) noexcept;

// Of a server whose first bytes are not of TLS.
[[nodiscard]] TlsFailure not_tls_failure(std::string_view first_bytes);

}  // namespace gatewatch::net

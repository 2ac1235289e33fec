#include "probes/net/tls_failure.h"

#include <algorithm>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include "probes/text.h"

namespace gatewatch::net {
namespace {

// Empty where the queue's reason says nothing better than where it happened.
std::string_view queue_reason(int reason) noexcept {
  switch (reason) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_WRONG_SSL_VERSION:
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_UNSUPPORTED_SSL_VERSION:
    case SSL_R_UNKNOWN_PROTOCOL:
    case SSL_R_NO_PROTOCOLS_AVAILABLE:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_VERSION_TOO_HIGH:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST:
    case SSL_R_BAD_PROTOCOL_VERSION_NUMBER:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
    case SSL_R_TLSV1_ALERT_INAPPROPRIATE_FALLBACK:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
    case SSL_R_DATA_LENGTH_TOO_LONG:
    case SSL_R_ENCRYPTED_LENGTH_TOO_LONG:
    case SSL_R_BAD_RECORD_TYPE:
    case SSL_R_UNSAFE_LEGACY_RENEGOTIATION_DISABLED:  // the server knows nothing of RFC 5746
      return "protocol";
    case SSL_R_EE_KEY_TOO_SMALL:
    case SSL_R_CA_KEY_TOO_SMALL:
    case SSL_R_CA_MD_TOO_WEAK:
    case SSL_R_DH_KEY_TOO_SMALL:
    case SSL_R_TLSV1_ALERT_INSUFFICIENT_SECURITY:
      return "weak";
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:  // the alerts that a server sends about ours
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
      return "client_certificate";
    default:
      return {};
  }
}

}  // namespace

std::string_view certificate_reason(long verify_error) noexcept {
  switch (verify_error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "expired";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "not_yet_valid";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "wrong_host";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return "self_signed";
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_UNTRUSTED:
      return "untrusted";
    case X509_V_ERR_CERT_REVOKED:
      return "revoked";
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
      return "weak";
    default:
      return "certificate";
  }
}

TlsFailure library_failure(unsigned long error, bool handshaken) {
  TlsFailure failure{.reason = handshaken ? "record" : "handshake", .detail = "TLS failed"};
  if (error == 0) return failure;
  const int code = ERR_GET_REASON(error);
  const bool of_ssl = ERR_GET_LIB(error) == ERR_LIB_SSL;
  const auto reason = of_ssl ? queue_reason(code) : std::string_view();
  const bool is_broken_record = handshaken && reason == "protocol";
  if (!reason.empty() && !is_broken_record) failure.reason = reason;
  const char* const text = ERR_reason_error_string(error);
  if (text != nullptr) {
    failure.detail = std::string("TLS failed: ") + text;
  } else if (of_ssl && code > SSL_AD_REASON_OFFSET) {  // an alert that OpenSSL has no name for
    failure.detail = "TLS failed: alert number " + std::to_string(code - SSL_AD_REASON_OFFSET);
  }
  return failure;
}

bool begins_like_tls(char first) noexcept {
  constexpr char change_cipher_spec = 20;
  constexpr char heartbeat = 24;  // RFC 6520
  return first >= change_cipher_spec && first <= heartbeat;
}

TlsFailure not_tls_failure(std::string_view first_bytes) {
  constexpr std::size_t quoted = 80;
  const auto line = first_bytes.substr(0, std::min(first_bytes.find_first_of("\r\n"), quoted + 1));
  return {.reason = "not_tls",
          .detail = "the server does not speak TLS but says " + quote(line, quoted)};
}

}  // namespace gatewatch::net

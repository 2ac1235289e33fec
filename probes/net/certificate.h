// Facts of an X.509 certificate (RFC 5280) as values.

#pragma once

#include <string>

#include "probes/result.h"

using X509 = struct x509_st;
// NOLINTNEXTLINE(readability-identifier-naming): the name is OpenSSL's
using ASN1_TIME = struct asn1_string_st;

namespace gatewatch::net {

[[nodiscard]] CertificateFacts certificate_facts(const X509* certificate);

// UTCTime means 1950 to 2049, GeneralizedTime any year. What cannot be read is the epoch.
[[nodiscard]] Timestamp certificate_time(const ASN1_TIME* time);

// The subject as RFC 2253 text in ASCII, at most 256 bytes.
[[nodiscard]] std::string certificate_subject(const X509* certificate);

// A host name or address that the first certificate of a PEM text is for: one of its SAN, where a
// pattern becomes a name that fits it. Empty where there is none, or no certificate.
[[nodiscard]] std::string certificate_host(const std::string& pem);

}  // namespace gatewatch::net

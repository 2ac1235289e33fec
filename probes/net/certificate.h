// Facts of an X.509 certificate (RFC 5280) as values.

#pragma once

#include <string>

#include "probes/result.h"

typedef struct x509_st X509;
typedef struct asn1_string_st ASN1_TIME;

namespace gatewatch::net {

[[nodiscard]] CertificateFacts certificate_facts(const X509* certificate);

// UTCTime means 1950 to 2049, GeneralizedTime any year. What cannot be read is the epoch.
[[nodiscard]] Timestamp certificate_time(const ASN1_TIME* time);

// The subject as RFC 2253 text in ASCII, at most 256 bytes.
[[nodiscard]] std::string certificate_subject(const X509* certificate);

}  // namespace gatewatch::net

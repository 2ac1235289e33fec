#include "probes/net/certificate.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>
#include <span>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "probes/net/digest.h"

namespace gatewatch::net {
namespace {

constexpr std::size_t longest_name = 256;

std::string name_text(const X509_NAME* name) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), BIO_free);
  if (!memory || X509_NAME_print_ex(memory.get(), name, 0, XN_FLAG_RFC2253) < 0) return {};
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return {text, std::min(static_cast<std::size_t>(std::max(0L, size)), longest_name)};
}

std::string fingerprint(const X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1) return {};
  return hex_digits(std::span(digest).first(size));
}

// Of a DNS name or an address; empty of any other.
std::string host_of(const GENERAL_NAME& name) {
  if (name.type != GEN_DNS && name.type != GEN_IPADD) return {};
  const auto* const string = name.type == GEN_DNS ? name.d.dNSName : name.d.iPAddress;
  const std::span bytes(ASN1_STRING_get0_data(string),
                        static_cast<std::size_t>(ASN1_STRING_length(string)));
  if (name.type == GEN_DNS) {
    std::string host(bytes.begin(), bytes.end());
    return host.starts_with('*') ? "any" + host.substr(1) : host;
  }
  IpAddress address{.family = bytes.size() == 4 ? IpFamily::V4 : IpFamily::V6};
  if (bytes.size() != 4 && bytes.size() != address.bytes.size()) return {};
  std::ranges::copy(bytes, address.bytes.begin());
  return address.text();
}

}  // namespace

Timestamp certificate_time(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return {};
  const auto day = std::chrono::year(parts.tm_year + 1900) /
                   std::chrono::month(static_cast<unsigned>(parts.tm_mon) + 1) /
                   std::chrono::day(static_cast<unsigned>(parts.tm_mday));
  return std::chrono::sys_days(day) + std::chrono::hours(parts.tm_hour) +
         std::chrono::minutes(parts.tm_min) + std::chrono::seconds(parts.tm_sec);
}

std::string certificate_subject(const X509* certificate) {
  return name_text(X509_get_subject_name(certificate));
}

std::string certificate_host(const std::string& pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> memory(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr), X509_free);
  ERR_clear_error();
  if (!certificate) return {};
  const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> names(
      static_cast<GENERAL_NAMES*>(
          X509_get_ext_d2i(certificate.get(), NID_subject_alt_name, nullptr, nullptr)),
      GENERAL_NAMES_free);
  for (int index = 0; index < sk_GENERAL_NAME_num(names.get()); ++index) {
    auto host = host_of(*sk_GENERAL_NAME_value(names.get(), index));
    if (!host.empty()) return host;
  }
  return {};
}

CertificateFacts certificate_facts(const X509* certificate) {
  return {.not_before = certificate_time(X509_get0_notBefore(certificate)),
          .not_after = certificate_time(X509_get0_notAfter(certificate)),
          .subject = certificate_subject(certificate),
          .issuer = name_text(X509_get_issuer_name(certificate)),
          .fingerprint = fingerprint(certificate)};
}

}  // namespace gatewatch::net

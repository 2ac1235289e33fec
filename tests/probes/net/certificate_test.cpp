#include "probes/net/certificate.h"

#include <memory>
#include <string>

#include <doctest/doctest.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "probes/net/tls_failure.h"
#include "tests/fakes/certificate_maker.h"

namespace gatewatch::tests {
namespace {

CertificateFacts facts_of(const CertificateWish& wish) {
  const auto made = make_self_signed(wish);
  const std::unique_ptr<BIO, decltype(&BIO_free)> text(
      BIO_new_mem_buf(made.certificate.data(), static_cast<int>(made.certificate.size())),
      BIO_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr), X509_free);
  return net::certificate_facts(certificate.get());
}

TEST_CASE("times are right from 1950 to 9999") {
  for (const int year : {1950, 1969, 1970, 2000, 2049, 2050, 2100, 9999}) {
    CAPTURE(year);
    const Timestamp time = std::chrono::sys_days(std::chrono::year(year) / 12 / 31) +
                           std::chrono::hours(23) + std::chrono::seconds(59);
    const auto facts = facts_of({.not_before = time, .not_after = time});
    CHECK(facts.not_before == time);
    CHECK(facts.not_after == time);
  }
  CHECK(net::certificate_time(nullptr) == Timestamp{});
}

TEST_CASE("names are ASCII without control bytes, cut to 256") {
  CHECK(facts_of({.common_name = "Größe, \n"}).subject == "CN=Gr\\C3\\B6\\C3\\9Fe\\, \\0A");
  CHECK(facts_of({.common_name = std::string(64, '\x01')}).subject.size() <= 256);
  CHECK(facts_of({.common_name = "x"}).issuer == "CN=x");
}

TEST_CASE("codes of the library become words that can be counted") {
  CHECK(net::certificate_reason(X509_V_ERR_CERT_REVOKED) == "revoked");
  CHECK(net::certificate_reason(X509_V_ERR_EE_KEY_TOO_SMALL) == "weak");
  CHECK(net::certificate_reason(X509_V_ERR_CA_MD_TOO_WEAK) == "weak");
  CHECK(net::certificate_reason(X509_V_ERR_INVALID_PURPOSE) == "certificate");
  CHECK(net::library_failure(0, true).reason == "record");
  CHECK(net::library_failure(0, false).reason == "handshake");
  const auto alert = ERR_PACK(ERR_LIB_SSL, 0, SSL_AD_REASON_OFFSET + 222);
  CHECK(net::library_failure(alert, false).detail == "TLS failed: alert number 222");
}

TEST_CASE("the host of a certificate is the first name that one can ask for") {
  const auto host = [](const std::vector<std::string>& names) {
    return net::certificate_host(make_self_signed({.names = names}).chain);
  };
  CHECK(host({"watch.example.com", "other.example.com"}) == "watch.example.com");
  CHECK(host({"*.example.com"}) == "any.example.com");
  CHECK(host({"192.0.2.7"}) == "192.0.2.7");
  CHECK(host({"2001:db8::7"}) == "2001:db8::7");
  CHECK(host({}).empty());
  CHECK(net::certificate_host("no PEM").empty());
}

}  // namespace
}  // namespace gatewatch::tests

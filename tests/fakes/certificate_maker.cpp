#include "tests/fakes/certificate_maker.h"

#include <atomic>
#include <cstdio>
#include <ctime>
#include <fstream>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "config/ip_address.h"
#include "probes/net/invariant.h"

namespace gatewatch::tests {
namespace {

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
  void operator()(X509_CRL* list) const { X509_CRL_free(list); }
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

Owned<EVP_PKEY> make_key(KeyKind kind) {
  switch (kind) {
    case KeyKind::Ec:
      return Owned<EVP_PKEY>(EVP_EC_gen("P-256"));
    case KeyKind::Rsa2048:
      return Owned<EVP_PKEY>(EVP_RSA_gen(2048));
    case KeyKind::Rsa1024:
      return Owned<EVP_PKEY>(EVP_RSA_gen(1024));
  }
  return nullptr;
}

template <typename Write>
std::string pem(const Write& write) {
  const Owned<BIO> memory(BIO_new(BIO_s_mem()));
  net::require(write(memory.get()) == 1, "cannot write PEM");
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

Owned<BIO> reader(const std::string& text) {
  return Owned<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Owned<X509> read_certificate(const std::string& text) {
  Owned<X509> certificate(PEM_read_bio_X509(reader(text).get(), nullptr, nullptr, nullptr));
  net::require(certificate != nullptr, "a certificate cannot be read");
  return certificate;
}

Owned<EVP_PKEY> read_key(const std::string& text) {
  Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(reader(text).get(), nullptr, nullptr, nullptr));
  net::require(key != nullptr, "a key cannot be read");
  return key;
}

void set_time(ASN1_TIME* field, Timestamp time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  char text[32];
  std::snprintf(text, sizeof text, "%04d%02u%02u%02ld%02ld%02ldZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<long>(clock.hours().count()),
                static_cast<long>(clock.minutes().count()),
                static_cast<long>(clock.seconds().count()));
  net::require(ASN1_TIME_set_string_X509(field, text) == 1, "cannot set a time");
}

void add_extension(X509* certificate, X509* issuer, const std::string& kind,
                   const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Owned<X509_EXTENSION> extension(
      X509V3_EXT_conf(nullptr, &context, kind.c_str(), value.c_str()));
  net::require(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1,
               "cannot add an extension");
}

// By hand: the texts of openssl.cnf cannot hold every name.
void add_names(X509* certificate, const std::vector<std::string>& texts) {
  const Owned<GENERAL_NAMES> names(sk_GENERAL_NAME_new_null());
  for (const auto& text : texts) {
    const auto address = IpAddress::parse(text);
    const std::string name = text.starts_with("DNS:") ? text.substr(4) : text;
    const int size = !address                          ? static_cast<int>(name.size())
                     : address->family == IpFamily::V4 ? 4
                                                       : 16;
    ASN1_STRING* const value =
        ASN1_STRING_type_new(address ? V_ASN1_OCTET_STRING : V_ASN1_IA5STRING);
    ASN1_STRING_set(value, address ? static_cast<const void*>(address->bytes.data()) : name.data(),
                    size);
    GENERAL_NAME* const entry = GENERAL_NAME_new();
    GENERAL_NAME_set0_value(entry, address ? GEN_IPADD : GEN_DNS, value);
    sk_GENERAL_NAME_push(names.get(), entry);
  }
  net::require(
      X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 0, X509V3_ADD_DEFAULT) == 1,
      "cannot add names");
}

void add_extensions(X509* certificate, X509* issuer, const CertificateWish& wish) {
  auto extensions = wish.extensions;
  extensions.emplace("basicConstraints", wish.is_authority ? "critical,CA:TRUE" : "CA:FALSE");
  if (wish.is_authority) {
    extensions.emplace("keyUsage", "critical,keyCertSign,cRLSign");
  } else if (!wish.extended_key_usage.empty()) {
    extensions.emplace("extendedKeyUsage", wish.extended_key_usage);
  }
  for (const auto& [kind, value] : extensions) add_extension(certificate, issuer, kind, value);
  if (!wish.names.empty()) add_names(certificate, wish.names);
}

// `issuer`, `issuer_key`: nullptr where the certificate signs itself.
MadeCertificate make(const CertificateWish& wish, X509* issuer, EVP_PKEY* issuer_key) {
  static std::atomic<long> serial = 1000;
  const auto key = wish.key_text.empty() ? make_key(wish.key) : read_key(wish.key_text);
  const Owned<X509> certificate(X509_new());
  X509* const made = certificate.get();
  X509* const signer = issuer == nullptr ? made : issuer;
  X509_set_version(made, wish.is_version_1 ? X509_VERSION_1 : X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made), ++serial);
  set_time(X509_getm_notBefore(made), wish.not_before);
  set_time(X509_getm_notAfter(made), wish.not_after);
  X509_set_pubkey(made, key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(wish.common_name.data()),
                             static_cast<int>(wish.common_name.size()), -1, 0);
  X509_set_issuer_name(made, X509_get_subject_name(signer));
  if (!wish.is_version_1) add_extensions(made, signer, wish);
  EVP_PKEY* const signing_key = issuer_key == nullptr ? key.get() : issuer_key;
  net::require(X509_sign(made, signing_key, EVP_get_digestbyname(wish.digest)) > 0, "cannot sign");

  MadeCertificate result;
  result.certificate = pem([made](BIO* out) { return PEM_write_bio_X509(out, made); });
  result.chain = result.certificate;
  result.key = pem([&key](BIO* out) {
    return PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
  return result;
}

}  // namespace

config::ServerTls MadeCertificate::write(const std::string& directory,
                                         const std::string& name) const {
  return {.certificate = write_file(directory, name + ".pem", chain),
          .chain = chain,
          .key = config::Secret(key)};
}

MadeCertificate make_self_signed(const CertificateWish& wish) {
  return make(wish, nullptr, nullptr);
}

MadeCertificate issue(const MadeCertificate& authority, const CertificateWish& wish) {
  const auto issuer = read_certificate(authority.certificate);
  const auto key = read_key(authority.key);
  auto made = make(wish, issuer.get(), key.get());
  const bool below_root =
      X509_NAME_cmp(X509_get_subject_name(issuer.get()), X509_get_issuer_name(issuer.get())) == 0;
  if (!below_root) made.chain += authority.chain;
  return made;
}

std::string make_revocation_list(const MadeCertificate& authority,
                                 const std::vector<MadeCertificate>& revoked,
                                 Timestamp next_update) {
  const auto issuer = read_certificate(authority.certificate);
  const Owned<X509_CRL> list(X509_CRL_new());
  X509_CRL_set_version(list.get(), X509_CRL_VERSION_2);
  X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(issuer.get()));
  const std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)> time(ASN1_TIME_new(), ASN1_TIME_free);
  set_time(time.get(), std::chrono::sys_days(std::chrono::year(2020) / 1 / 1));
  X509_CRL_set1_lastUpdate(list.get(), time.get());
  for (const auto& each : revoked) {
    X509_REVOKED* const entry = X509_REVOKED_new();
    X509_REVOKED_set_serialNumber(entry,
                                  X509_get_serialNumber(read_certificate(each.certificate).get()));
    X509_REVOKED_set_revocationDate(entry, time.get());
    X509_CRL_add0_revoked(list.get(), entry);
  }
  set_time(time.get(), next_update);
  X509_CRL_set1_nextUpdate(list.get(), time.get());
  net::require(X509_CRL_sign(list.get(), read_key(authority.key).get(), EVP_sha256()) > 0,
               "cannot sign a list");
  return pem([&list](BIO* out) { return PEM_write_bio_X509_CRL(out, list.get()); });
}

MadeCertificate make_authority(const std::string& common_name) {
  return make_self_signed({.common_name = common_name, .is_authority = true});
}

std::string write_file(const std::string& directory, const std::string& name,
                       const std::string& text) {
  const std::string path = directory + "/" + name;
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

}  // namespace gatewatch::tests

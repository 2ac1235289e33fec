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

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Owned<X509_EXTENSION> extension(
      X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  net::require(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1,
               "cannot add an extension");
}

std::string alternative_names(const std::vector<std::string>& names) {
  std::string list;
  for (const auto& name : names) {
    list += (list.empty() ? "" : ",") + std::string(IpAddress::parse(name) ? "IP:" : "DNS:") + name;
  }
  return list;
}

// `issuer`, `issuer_key`: nullptr where the certificate signs itself.
MadeCertificate make(const CertificateWish& wish, X509* issuer, EVP_PKEY* issuer_key) {
  static std::atomic<long> serial = 1000;
  const auto key = make_key(wish.key);
  const Owned<X509> certificate(X509_new());
  X509* const made = certificate.get();
  X509* const signer = issuer == nullptr ? made : issuer;
  X509_set_version(made, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made), ++serial);
  set_time(X509_getm_notBefore(made), wish.not_before);
  set_time(X509_getm_notAfter(made), wish.not_after);
  X509_set_pubkey(made, key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(wish.common_name.c_str()), -1,
                             -1, 0);
  X509_set_issuer_name(made, X509_get_subject_name(signer));
  add_extension(made, signer, NID_basic_constraints,
                wish.is_authority ? "critical,CA:TRUE" : "CA:FALSE");
  if (wish.is_authority) {
    add_extension(made, signer, NID_key_usage, "critical,keyCertSign,cRLSign");
  } else if (!wish.extended_key_usage.empty()) {
    add_extension(made, signer, NID_ext_key_usage, wish.extended_key_usage);
  }
  if (!wish.names.empty()) {
    add_extension(made, signer, NID_subject_alt_name, alternative_names(wish.names));
  }
  EVP_PKEY* const signing_key = issuer_key == nullptr ? key.get() : issuer_key;
  net::require(X509_sign(made, signing_key, EVP_sha256()) > 0, "cannot sign");

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
  const Owned<X509> issuer(
      PEM_read_bio_X509(reader(authority.certificate).get(), nullptr, nullptr, nullptr));
  const Owned<EVP_PKEY> key(
      PEM_read_bio_PrivateKey(reader(authority.key).get(), nullptr, nullptr, nullptr));
  net::require(issuer != nullptr && key != nullptr, "the authority cannot be read");
  auto made = make(wish, issuer.get(), key.get());
  const bool below_root =
      X509_NAME_cmp(X509_get_subject_name(issuer.get()), X509_get_issuer_name(issuer.get())) == 0;
  if (!below_root) made.chain += authority.chain;
  return made;
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

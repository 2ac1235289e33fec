// Certificates for tests, made on the spot: authorities, and leaves good or bad in every way.

#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/config.h"
#include "probes/time.h"

namespace gatewatch::tests {

enum class KeyKind { Ec, Rsa2048, Rsa1024 };

struct CertificateWish {
  std::string common_name = "gatewatch test";
  // Host names, patterns or addresses of the SAN; "DNS:192.0.2.1" is the name, not the address.
  std::vector<std::string> names = {};
  Timestamp not_before = std::chrono::sys_days(std::chrono::year(2020) / 1 / 1);
  Timestamp not_after = std::chrono::sys_days(std::chrono::year(2090) / 1 / 1);
  KeyKind key = KeyKind::Ec;
  bool is_authority = false;
  std::string extended_key_usage = "serverAuth,clientAuth";  // of a leaf; empty: none
  const char* digest = "SHA256";                             // of the signature
  bool is_version_1 = false;                                 // without any extension
  // "basicConstraints" → "CA:TRUE,pathlen:0", as openssl.cnf has them; over those that follow from
  // the wishes above.
  std::map<std::string, std::string> extensions = {};
  std::string key_text = {};  // PEM of a key to use instead of a new one
};

// A certificate with its key, as PEM text. `chain` is the certificate with those between it and
// the root, the root left out.
struct MadeCertificate {
  std::string certificate;
  std::string chain;
  std::string key;

  // Writes NAME.pem (the chain) into the directory.
  [[nodiscard]] config::ServerTls write(const std::string& directory,
                                        const std::string& name) const;
};

[[nodiscard]] MadeCertificate make_self_signed(const CertificateWish& wish);
// Signed by `authority`, which was made with is_authority.
[[nodiscard]] MadeCertificate issue(const MadeCertificate& authority, const CertificateWish& wish);
// Revocation lists by `authority` that name `revoked`, as PEM text.
[[nodiscard]] std::string make_revocation_list(
    const MadeCertificate& authority, const std::vector<MadeCertificate>& revoked,
    Timestamp next_update = std::chrono::sys_days(std::chrono::year(2090) / 1 / 1));
// A root to sign with.
[[nodiscard]] MadeCertificate make_authority(const std::string& common_name = "Test Root");
[[nodiscard]] std::string write_file(const std::string& directory, const std::string& name,
                                     const std::string& text);  // the path

}  // namespace gatewatch::tests

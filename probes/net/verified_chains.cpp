#include "probes/net/verified_chains.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "probes/net/certificate.h"

namespace gatewatch::net {
namespace {

using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

bool add_certificate(EVP_MD_CTX* digest, const X509* certificate) {
  ChainDigest bytes{};
  unsigned size = 0;
  return X509_digest(certificate, EVP_sha256(), bytes.data(), &size) == 1 &&
         EVP_DigestUpdate(digest, bytes.data(), size) == 1;
}

}  // namespace

std::shared_ptr<const VerifiedChain> VerifiedChains::find(const ChainDigest& digest) const {
  const std::scoped_lock lock(mutex_);
  const auto found = chains_.find(digest);
  return found == chains_.end() ? nullptr : found->second;
}

void VerifiedChains::add(const ChainDigest& digest, VerifiedChain chain) {
  auto shared = std::make_shared<const VerifiedChain>(std::move(chain));
  const std::scoped_lock lock(mutex_);
  if (chains_.size() >= capacity) chains_.clear();
  chains_.insert_or_assign(digest, std::move(shared));
}

std::optional<ChainDigest> sent_chain_digest(const X509_STORE_CTX* store) {
  const DigestContext digest(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  if (!digest || EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr) != 1) return std::nullopt;
  const STACK_OF(X509)* const sent = X509_STORE_CTX_get0_untrusted(store);
  const X509* const leaf = X509_STORE_CTX_get0_cert(store);
  if (!add_certificate(digest.get(), leaf)) return std::nullopt;
  for (int index = 0; index < sk_X509_num(sent); ++index) {
    const X509* const link = sk_X509_value(sent, index);
    if (link != leaf && !add_certificate(digest.get(), link)) return std::nullopt;
  }
  ChainDigest bytes{};
  if (EVP_DigestFinal_ex(digest.get(), bytes.data(), nullptr) != 1) return std::nullopt;
  return bytes;
}

VerifiedChain verified_chain(const X509_STORE_CTX* store) {
  VerifiedChain verified;
  verified.facts = certificate_facts(X509_STORE_CTX_get0_cert(store));
  verified.not_before = verified.facts.not_before;
  const STACK_OF(X509)* const chain = X509_STORE_CTX_get0_chain(store);
  for (int index = 0; index < sk_X509_num(chain); ++index) {
    const X509* const link = sk_X509_value(chain, index);
    verified.not_before =
        std::max(verified.not_before, certificate_time(X509_get0_notBefore(link)));
    verified.facts.not_after =
        std::min(verified.facts.not_after, certificate_time(X509_get0_notAfter(link)));
  }
  return verified;
}

bool is_for_expected_host(X509_STORE_CTX* store) {
  X509_VERIFY_PARAM* const expected = X509_STORE_CTX_get0_param(store);
  X509* const leaf = X509_STORE_CTX_get0_cert(store);
  if (const char* const host = X509_VERIFY_PARAM_get0_host(expected, 0)) {
    const unsigned flags = X509_VERIFY_PARAM_get_hostflags(expected);
    return X509_check_host(leaf, host, 0, flags, nullptr) == 1;
  }
  const std::unique_ptr<char, void (*)(void*)> address(X509_VERIFY_PARAM_get1_ip_asc(expected),
                                                       [](void* text) { OPENSSL_free(text); });
  return address && X509_check_ip_asc(leaf, address.get(), 0) == 1;
}

}  // namespace gatewatch::net

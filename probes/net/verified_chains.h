// Certificate chains whose signatures, constraints and keys were verified before, byte for byte.
// Verifying costs a third of a handshake and comes to the same each time; what can change, the
// dates and the host name, is for the caller to check every time. One set belongs to one trust
// configuration (a TlsContext): what one trusts says nothing of another.

#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>

#include "probes/result.h"

using X509 = struct x509_st;
using X509_STORE_CTX = struct x509_store_ctx_st;

namespace gatewatch::net {

// SHA-256 over the SHA-256 of every certificate that the server sent, in its order.
using ChainDigest = std::array<unsigned char, 32>;

struct VerifiedChain {
  Timestamp not_before;    // the latest of the verified chain
  CertificateFacts facts;  // of the leaf; its not_after is the earliest of the verified chain

  [[nodiscard]] bool is_valid_at(Timestamp now) const {
    return now >= not_before && now <= facts.not_after;
  }

  friend bool operator==(const VerifiedChain&, const VerifiedChain&) = default;
};

// Any thread: whoever finds waits for no more than a lookup.
class VerifiedChains {
 public:
  static constexpr std::size_t capacity = 4096;

  [[nodiscard]] std::shared_ptr<const VerifiedChain> find(const ChainDigest& digest) const;
  // When full it starts anew: chains of routes in use come back with their next probe.
  void add(const ChainDigest& digest, VerifiedChain chain);

 private:
  mutable std::mutex mutex_;
  std::map<ChainDigest, std::shared_ptr<const VerifiedChain>> chains_;  // guarded by mutex_
};

// Of the certificates that the server sent; nothing where they cannot be digested.
[[nodiscard]] std::optional<ChainDigest> sent_chain_digest(const X509_STORE_CTX* store);
// What is worth keeping of the chain that has just been verified.
[[nodiscard]] VerifiedChain verified_chain(const X509_STORE_CTX* store);
// Whether the leaf is for the name or address that the connection asks for.
[[nodiscard]] bool is_for_expected_host(X509_STORE_CTX* store);

}  // namespace gatewatch::net

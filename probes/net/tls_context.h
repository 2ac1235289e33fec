// What many TLS connections share: trust store, client certificate, versions. Loading the system's
// trust store takes tens of milliseconds, so a context is made once per distinct configuration.
// OpenSSL's own security level decides which keys and digests are too weak.

#pragma once

#include <expected>
#include <memory>
#include <utility>
#include <vector>

#include "config/config.h"
#include "config/error.h"
#include "probes/net/verified_chains.h"

using SSL_CTX = struct ssl_ctx_st;

namespace gatewatch::net {

// Immutable once made, but for the chains that it has seen; may be shared between threads.
class TlsContext {
 public:
  // For probes: no session cache, no resumption, SSL_MODE_RELEASE_BUFFERS, ALPN http/1.1. With
  // `ca`, each certificate of that file is trusted as it is, a root or not. A min_version below 1.2
  // also lowers the security level to 0: those versions cannot do without SHA-1. What the lists of
  // `crl` name is refused; that a list is missing or old is no reason to refuse.
  [[nodiscard]] static std::expected<std::shared_ptr<const TlsContext>, Error> client(
      const config::Tls& tls);
  // For our own HTTP server.
  [[nodiscard]] static std::expected<std::shared_ptr<const TlsContext>, Error> server(
      const config::ServerTls& tls);

  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  [[nodiscard]] SSL_CTX* get() const { return context_; }
  [[nodiscard]] bool verifies() const { return verifies_; }
  [[nodiscard]] VerifiedChains& verified_chains() const { return verified_chains_; }

 private:
  TlsContext(SSL_CTX* context, bool verifies) : context_(context), verifies_(verifies) {}

  SSL_CTX* context_;
  bool verifies_;
  mutable VerifiedChains verified_chains_;
};

// Client contexts by configuration, each made once. Belongs to one thread.
class TlsContextCache {
 public:
  [[nodiscard]] std::expected<std::shared_ptr<const TlsContext>, Error> client(config::Tls tls);

 private:
  std::vector<std::pair<config::Tls, std::shared_ptr<const TlsContext>>> made_;
};

}  // namespace gatewatch::net

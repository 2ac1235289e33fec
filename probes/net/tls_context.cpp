#include "probes/net/tls_context.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "probes/net/tls_stream.h"

namespace gatewatch::net {
namespace {

constexpr std::array<unsigned char, 9> http_1_1 = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

int openssl_version(config::TlsVersion version) {
  using enum config::TlsVersion;
  switch (version) {
    case V1_0:
      return TLS1_VERSION;
    case V1_1:
      return TLS1_1_VERSION;
    case V1_2:
      return TLS1_2_VERSION;
    case V1_3:
      return TLS1_3_VERSION;
  }
  return TLS1_2_VERSION;
}

// Empties the error queue into a sentence.
Error openssl_error(const std::string& what) {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  const char* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return {fmt::format("{}: {}", what, reason == nullptr ? "OpenSSL does not say why" : reason)};
}

// An encrypted key is refused instead of asked for on the terminal.
int no_password(char*, int, int, void*) noexcept {
  return 0;
}

int select_http_1_1(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* offered, unsigned offered_size, void*) noexcept {
  unsigned char* found = nullptr;
  if (SSL_select_next_proto(&found, chosen_size, http_1_1.data(), http_1_1.size(), offered,
                            offered_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

void set_common(SSL_CTX* context) {
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_default_passwd_cb(context, no_password);
}

std::expected<void, Error> set_trust(SSL_CTX* context, const config::Tls& tls) {
  SSL_CTX_set_verify(context, tls.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (tls.ca.empty()) {
    if (tls.verify && SSL_CTX_set_default_verify_paths(context) != 1) {
      return std::unexpected(openssl_error("cannot load the system's trusted certificates"));
    }
    return {};
  }
  if (SSL_CTX_load_verify_file(context, tls.ca.c_str()) != 1) {
    return std::unexpected(
        openssl_error(fmt::format("cannot load trusted certificates from {}", tls.ca)));
  }
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
  return {};
}

int allow_missing_lists(int verified, X509_STORE_CTX* store) noexcept {
  const int error = X509_STORE_CTX_get_error(store);
  const bool is_missing =
      error == X509_V_ERR_UNABLE_TO_GET_CRL || error == X509_V_ERR_CRL_HAS_EXPIRED;
  if (verified == 1 || !is_missing) return verified;
  X509_STORE_CTX_set_error(store, X509_V_OK);
  return 1;
}

std::expected<void, Error> set_revocations(SSL_CTX* context, const config::Tls& tls) {
  if (tls.crl.empty() || !tls.verify) return {};
  const std::unique_ptr<BIO, decltype(&BIO_free)> file(BIO_new_file(tls.crl.c_str(), "rb"),
                                                       BIO_free);
  int lists = 0;
  while (X509_CRL* const list =
             file ? PEM_read_bio_X509_CRL(file.get(), nullptr, no_password, nullptr) : nullptr) {
    lists += X509_STORE_add_crl(SSL_CTX_get_cert_store(context), list);
    X509_CRL_free(list);
  }
  if (lists == 0) {
    return std::unexpected(
        openssl_error(fmt::format("cannot load revocation lists from {}", tls.crl)));
  }
  ERR_clear_error();  // the end of the file
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context),
                              X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, allow_missing_lists);
  return {};
}

std::unique_ptr<BIO, decltype(&BIO_free)> reader(const std::string& text) {
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free};
}

// What SSL_CTX_use_certificate_chain_file() does, with the text of the file: the leaf, then what
// leads to its root.
bool use_chain(SSL_CTX* context, const std::string& text) {
  const auto memory = reader(text);
  const std::unique_ptr<X509, decltype(&X509_free)> leaf(
      PEM_read_bio_X509_AUX(memory.get(), nullptr, no_password, nullptr), X509_free);
  if (leaf == nullptr || SSL_CTX_use_certificate(context, leaf.get()) != 1) return false;
  while (X509* const link = PEM_read_bio_X509(memory.get(), nullptr, no_password, nullptr)) {
    if (SSL_CTX_add0_chain_cert(context, link) == 1) continue;
    X509_free(link);
    return false;
  }
  if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) return false;
  ERR_clear_error();  // the end of the text
  return true;
}

// Also refuses the key of another certificate than the one that is set.
bool use_key(SSL_CTX* context, const config::Secret& secret) {
  const auto memory = reader(secret.reveal());
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(memory.get(), nullptr, no_password, nullptr), EVP_PKEY_free);
  return key != nullptr && SSL_CTX_use_PrivateKey(context, key.get()) == 1;
}

std::expected<void, Error> set_client_certificate(SSL_CTX* context, const config::Tls& tls) {
  if (tls.certificate.empty()) return {};
  if (SSL_CTX_use_certificate_chain_file(context, tls.certificate.c_str()) != 1) {
    return std::unexpected(
        openssl_error(fmt::format("cannot load the client certificate {}", tls.certificate)));
  }
  if (!use_key(context, tls.key)) {
    return std::unexpected(openssl_error(
        fmt::format("cannot use the key of the client certificate {}", tls.certificate)));
  }
  return {};
}

std::expected<void, Error> set_server_certificate(SSL_CTX* context, const config::ServerTls& tls) {
  if (!use_chain(context, tls.chain)) {
    return std::unexpected(
        openssl_error(fmt::format("cannot load the certificate {}", tls.certificate)));
  }
  if (!use_key(context, tls.key)) {
    return std::unexpected(
        openssl_error(fmt::format("cannot use the key of the certificate {}", tls.certificate)));
  }
  return {};
}

}  // namespace

TlsContext::~TlsContext() {
  SSL_CTX_free(context_);
}

std::expected<std::shared_ptr<const TlsContext>, Error> TlsContext::client(const config::Tls& tls) {
  ERR_clear_error();
  SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
  if (context == nullptr) return std::unexpected(openssl_error("cannot set TLS up"));
  std::shared_ptr<const TlsContext> made(new TlsContext(context, tls.verify));
  set_common(context);
  SSL_CTX_set_min_proto_version(context, openssl_version(tls.min_version));
  if (tls.min_version < config::TlsVersion::V1_2) SSL_CTX_set_security_level(context, 0);
  SSL_CTX_set_cert_verify_callback(context, tls_verify, nullptr);
  SSL_CTX_set_alpn_protos(context, http_1_1.data(), http_1_1.size());
  if (const auto trust = set_trust(context, tls); !trust) return std::unexpected(trust.error());
  if (const auto set = set_revocations(context, tls); !set) return std::unexpected(set.error());
  if (const auto set = set_client_certificate(context, tls); !set) {
    return std::unexpected(set.error());
  }
  return made;
}

std::expected<std::shared_ptr<const TlsContext>, Error> TlsContext::server(
    const config::ServerTls& tls) {
  ERR_clear_error();
  SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
  if (context == nullptr) return std::unexpected(openssl_error("cannot set TLS up"));
  std::shared_ptr<const TlsContext> made(new TlsContext(context, false));
  set_common(context);
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_alpn_select_cb(context, select_http_1_1, nullptr);
  if (const auto set = set_server_certificate(context, tls); !set) {
    return std::unexpected(set.error());
  }
  return made;
}

std::expected<std::shared_ptr<const TlsContext>, Error> TlsContextCache::client(config::Tls tls) {
  tls.server_name.clear();  // the connection's matter, not the context's
  const auto known =
      std::ranges::find_if(made_, [&tls](const auto& entry) { return entry.first == tls; });
  if (known != made_.end()) return known->second;
  auto context = TlsContext::client(tls);
  if (context) made_.emplace_back(std::move(tls), *context);
  return context;
}

}  // namespace gatewatch::net

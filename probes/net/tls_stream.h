// TLS as a Stream over a Stream: OpenSSL on memory BIOs, so that it runs over the real network and
// the simulated one alike.

#pragma once

#include <memory>
#include <optional>
#include <string>

#include "probes/net/network.h"
#include "probes/net/tls_context.h"
#include "probes/net/tls_failure.h"
#include "probes/result.h"

using X509_STORE_CTX = struct x509_store_ctx_st;

namespace gatewatch::net {

// What every client context verifies with: OpenSSL's verification, its findings noted in the
// TlsStream that the SSL object belongs to.
int tls_verify(X509_STORE_CTX* store, void* unused) noexcept;

// Owns an already connected stream. Reading an end without close_notify is EndOfStream all the
// same (clean_end() tells them apart): the message's framing decides whether something is missing.
class TlsStream final : public Stream {
 public:
  // As client: verifies the chain (where the context does) and that it names `server_name`, which
  // may be an address literal (then no SNI is sent). `now`: what certificates are held against.
  [[nodiscard]] static std::unique_ptr<TlsStream> client(std::unique_ptr<Stream> below,
                                                         std::shared_ptr<const TlsContext> context,
                                                         const std::string& server_name,
                                                         Timestamp now);
  // As server.
  [[nodiscard]] static std::unique_ptr<TlsStream> server(std::unique_ptr<Stream> below,
                                                         std::shared_ptr<const TlsContext> context);
  ~TlsStream() override;

  // Answered by on_connected: Ok, or TlsFailure with failure() set. Once, before anything else.
  void handshake();

  void set_events(StreamEvents* events) override;
  void connect(const Endpoint& endpoint) override;  // a bug: the stream below is connected
  void write(std::string bytes) override;
  void read_start() override;
  void read_stop() override;
  void shutdown() override;
  [[nodiscard]] Endpoint peer() const override;

  [[nodiscard]] const std::optional<TlsFailure>& failure() const;
  [[nodiscard]] bool clean_end() const;       // close_notify came
  [[nodiscard]] std::string version() const;  // "TLSv1.3"; empty before the handshake
  [[nodiscard]] std::string cipher() const;
  // What the server showed, also where it was refused; nothing when no certificate came.
  [[nodiscard]] std::optional<CertificateFacts> certificate() const;
  // SHA-256 over the SHA-256 of every certificate that the server sent, in its order, as hex
  // digits; empty where none came.
  [[nodiscard]] std::string chain_fingerprint() const;
  // Its chain and name were found to be good; false too where nobody looked.
  [[nodiscard]] bool certificate_verified() const;

 private:
  class Session;
  friend int tls_verify(X509_STORE_CTX* store, void* unused) noexcept;
  explicit TlsStream(std::shared_ptr<Session> session);

  std::shared_ptr<Session> session_;  // outlives this in an event that destroys it
};

}  // namespace gatewatch::net

#include "probes/net/tls_stream.h"

#include <utility>

#include "probes/net/digest.h"
#include "probes/net/invariant.h"
#include "probes/net/tls_session.h"

namespace gatewatch::net {

int tls_verify(X509_STORE_CTX* store, void*) noexcept {
  return TlsStream::Session::verify(store);
}

TlsStream::TlsStream(std::shared_ptr<Session> session) : session_(std::move(session)) {}

TlsStream::~TlsStream() {
  session_->close();
}

std::unique_ptr<TlsStream> TlsStream::client(std::unique_ptr<Stream> below,
                                             std::shared_ptr<const TlsContext> context,
                                             const std::string& server_name, Timestamp now) {
  auto session = std::make_shared<Session>(std::move(below), std::move(context));
  session->become_client(server_name, now);
  return std::unique_ptr<TlsStream>(new TlsStream(std::move(session)));
}

std::unique_ptr<TlsStream> TlsStream::server(std::unique_ptr<Stream> below,
                                             std::shared_ptr<const TlsContext> context) {
  auto session = std::make_shared<Session>(std::move(below), std::move(context));
  session->become_server();
  return std::unique_ptr<TlsStream>(new TlsStream(std::move(session)));
}

void TlsStream::handshake() {
  session_->handshake();
}

void TlsStream::set_events(StreamEvents* events) {
  session_->events = events;
}

void TlsStream::connect(const Endpoint&) {
  require(false, "TLS runs over a connected stream");
}

void TlsStream::write(std::string bytes) {
  session_->write(std::move(bytes));
}

void TlsStream::read_start() {
  session_->read_start();
}

void TlsStream::read_stop() {
  session_->read_stop();
}

void TlsStream::shutdown() {
  session_->shutdown();
}

Endpoint TlsStream::peer() const {
  return session_->peer();
}

const std::optional<TlsFailure>& TlsStream::failure() const {
  return session_->failure;
}

bool TlsStream::clean_end() const {
  return session_->clean_end;
}

std::string TlsStream::version() const {
  return session_->is_handshaken() ? SSL_get_version(session_->ssl()) : "";
}

std::string TlsStream::cipher() const {
  return session_->is_handshaken() ? SSL_get_cipher_name(session_->ssl()) : "";
}

std::optional<CertificateFacts> TlsStream::certificate() const {
  return session_->certificate;
}

std::string TlsStream::chain_fingerprint() const {
  return session_->sent_chain ? hex_digits(*session_->sent_chain) : "";
}

bool TlsStream::certificate_verified() const {
  return session_->certificate_verified;
}

}  // namespace gatewatch::net

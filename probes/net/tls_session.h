// The inside of a TlsStream: one SSL object between two memory BIOs, driven by the events of the
// stream below. Kept alive by whoever is inside one of its functions, since an event told upwards
// may destroy the TlsStream.

#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include <openssl/ssl.h>

#include "probes/net/tls_stream.h"

namespace gatewatch::net {

class TlsStream::Session final : public StreamEvents,
                                 public std::enable_shared_from_this<TlsStream::Session> {
 public:
  Session(std::unique_ptr<Stream> below, std::shared_ptr<const TlsContext> context);
  ~Session();

  // One of them, once, before anything else. They tell nobody anything.
  void become_client(const std::string& server_name, Timestamp now);
  void become_server();

  void handshake();
  void write(std::string bytes);
  void read_start();
  void read_stop();
  void shutdown();
  void close();  // nothing is told afterwards

  static int verify(X509_STORE_CTX* store) noexcept;

  // StreamEvents, from below.
  void on_connected(IoResult) override {}
  void on_written(IoResult result) override;
  void on_read(std::span<const char> bytes) override;
  void on_read_end(IoResult result) override;

  StreamEvents* events = nullptr;
  std::optional<TlsFailure> failure;
  std::optional<CertificateFacts> certificate;
  std::optional<ChainDigest> sent_chain;
  bool certificate_verified = false;
  bool clean_end = false;

  [[nodiscard]] Endpoint peer() const { return peer_; }
  [[nodiscard]] bool is_handshaken() const { return handshaken_; }
  [[nodiscard]] const SSL* ssl() const { return ssl_.get(); }

 private:
  struct FreeSsl {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  [[nodiscard]] bool set_peer_name(const std::string& server_name);
  [[nodiscard]] int verify_chain(X509_STORE_CTX* store);
  [[nodiscard]] bool recognises(X509_STORE_CTX* store, const ChainDigest& digest);
  void note_refusal(X509_STORE_CTX* store);
  [[nodiscard]] TlsFailure handshake_failure() const;

  void drive();
  void step_handshake();
  void read_records();
  void pump_out();
  void encrypt_more();
  void let_go_of_handshake();
  void turn();  // makes sure that an event from below follows
  void fail(TlsFailure why);
  void tell_read_end(IoResult result);
  void tell_written(IoResult result);

  std::shared_ptr<const TlsContext> context_;
  std::unique_ptr<Stream> below_;
  Endpoint peer_;
  std::unique_ptr<SSL, FreeSsl> ssl_;
  BIO* incoming_ = nullptr;  // both owned by ssl_
  BIO* outgoing_ = nullptr;
  std::string plain_;  // of the write in flight
  std::size_t plain_taken_ = 0;
  std::uint64_t handshake_bytes_ = 0;
  std::optional<TlsFailure> verify_failure_;
  bool lacks_certificate_ = false;  // that the server asks for
  Timestamp now_{};                 // what certificates are held against
  bool asked_ = false;
  bool handshaken_ = false;
  bool let_go_ = false;  // of the buffers of the handshake
  bool told_connected_ = false;
  bool reading_ = false;
  bool ended_ = false;
  bool writing_ = false;        // a write() of ours is unanswered
  bool below_writing_ = false;  // a write below is unanswered
  bool finishing_ = false;      // shutdown() was asked for
  bool said_goodbye_ = false;   // close_notify is on its way
  bool finished_ = false;       // and passed on
  bool driving_ = false;
  bool closed_ = false;
};

}  // namespace gatewatch::net

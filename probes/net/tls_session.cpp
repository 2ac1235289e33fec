#include "probes/net/tls_session.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "probes/net/certificate.h"
#include "probes/net/invariant.h"

namespace gatewatch::net {
namespace {

// OpenSSL lets a chain of 100 KB pass; whoever sends more than this is not shaking hands.
constexpr std::uint64_t handshake_limit = 256 << 10;
constexpr std::size_t bytes_encrypted_at_once = 64 << 10;
constexpr IoResult tls_failed = {IoStatus::TlsFailure, 0};

TlsFailure closed_in_handshake() {
  return {.reason = "closed", .detail = "the server closed during the handshake"};
}

std::string text_of(const std::string& server_name) {
  return server_name.ends_with('.') ? server_name.substr(0, server_name.size() - 1) : server_name;
}

}  // namespace

TlsStream::Session::Session(std::unique_ptr<Stream> below,
                            std::shared_ptr<const TlsContext> context)
    : context_(std::move(context)),
      below_(std::move(below)),
      peer_(below_->peer()),
      ssl_(SSL_new(context_->get())),
      incoming_(BIO_new(BIO_s_mem())),
      outgoing_(BIO_new(BIO_s_mem())) {
  require(ssl_ != nullptr && incoming_ != nullptr && outgoing_ != nullptr, "out of memory");
  below_->set_events(this);
  SSL_set_bio(ssl_.get(), incoming_, outgoing_);
  SSL_set_app_data(ssl_.get(), this);
}

void TlsStream::Session::become_server() {
  SSL_set_accept_state(ssl_.get());
}

void TlsStream::Session::become_client(const std::string& server_name, Timestamp now) {
  SSL_set_connect_state(ssl_.get());
  const auto note_request = [](SSL* ssl, void* session) noexcept {
    static_cast<Session*>(session)->lacks_certificate_ = SSL_get_certificate(ssl) == nullptr;
    return 1;
  };
  SSL_set_cert_cb(ssl_.get(), note_request, this);
  now_ = now;
  X509_VERIFY_PARAM_set_time(SSL_get0_param(ssl_.get()), std::chrono::system_clock::to_time_t(now));
  if (!set_peer_name(text_of(server_name))) {
    failure = TlsFailure{.reason = "wrong_host",
                         .detail = "\"" + server_name + "\" is no name that can be verified"};
  }
}

TlsStream::Session::~Session() = default;

bool TlsStream::Session::set_peer_name(const std::string& server_name) {
  SSL* const ssl = ssl_.get();
  if (const auto address = IpAddress::parse(server_name)) {
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), address->text().c_str()) == 1;
  }
  // To OpenSSL an empty name means any, and one with a dot in front all below it.
  if (server_name.empty() || server_name.starts_with('.')) return false;
  SSL_set_hostflags(ssl,
                    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set_tlsext_host_name(ssl, server_name.c_str()) == 1 &&
         SSL_set1_host(ssl, server_name.c_str()) == 1;
}

int TlsStream::Session::verify(X509_STORE_CTX* store) noexcept {
  auto* const ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  return static_cast<Session*>(SSL_get_app_data(ssl))->verify_chain(store);
}

// OpenSSL forgets a chain that it refuses, so what is worth knowing is noted on the way.
int TlsStream::Session::verify_chain(X509_STORE_CTX* store) {
  if (X509_STORE_CTX_get0_cert(store) == nullptr) return X509_verify_cert(store);
  sent_chain = sent_chain_digest(store);
  if (sent_chain && recognises(store, *sent_chain)) return 1;
  const int verified = X509_verify_cert(store);
  if (verified == 1) {
    auto chain = verified_chain(store);
    certificate = chain.facts;
    certificate_verified = true;
    if (sent_chain) context_->verified_chains().add(*sent_chain, std::move(chain));
  } else {
    note_refusal(store);
  }
  return verified;
}

// What is not as it was when the chain was verified is left to OpenSSL, which has words for it.
bool TlsStream::Session::recognises(X509_STORE_CTX* store, const ChainDigest& digest) {
  const auto known = context_->verified_chains().find(digest);
  if (!known || !known->is_valid_at(now_) || !is_for_expected_host(store)) return false;
  certificate = known->facts;
  certificate_verified = true;
  X509_STORE_CTX_set_error(store, X509_V_OK);
  return true;
}

void TlsStream::Session::note_refusal(X509_STORE_CTX* store) {
  const X509* const leaf = X509_STORE_CTX_get0_cert(store);
  certificate = certificate_facts(leaf);
  if (!context_->verifies()) return;
  const int error = X509_STORE_CTX_get_error(store);
  const X509* const current = X509_STORE_CTX_get_current_cert(store);
  verify_failure_ = TlsFailure{
      .reason = std::string(certificate_reason(error)),
      .detail = fmt::format("{}: {}", certificate_subject(current == nullptr ? leaf : current),
                            X509_verify_cert_error_string(error))};
}

// TLS 1.2 has no alert of its own for a certificate that does not come.
TlsFailure TlsStream::Session::handshake_failure() const {
  if (verify_failure_) return *verify_failure_;
  auto found = library_failure(ERR_peek_error(), false);
  if (lacks_certificate_ && found.reason == "handshake") {
    found = {.reason = "client_certificate",
             .detail = "the server wants a client certificate, and there is none for it"};
  }
  return found;
}

void TlsStream::Session::handshake() {
  require(!std::exchange(asked_, true), "a second handshake");
  below_->read_start();
  if (failure) return turn();
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result != 1 && SSL_get_error(ssl_.get(), result) != SSL_ERROR_WANT_READ) {
    failure = library_failure(ERR_peek_error(), false);
    return turn();
  }
  pump_out();
}

void TlsStream::Session::on_read(std::span<const char> bytes) {
  const auto self = shared_from_this();
  if (closed_ || ended_ || failure) return;
  if (!handshaken_) {
    if (handshake_bytes_ == 0 && !bytes.empty() && !SSL_is_server(ssl_.get()) &&
        !begins_like_tls(bytes.front())) {
      return fail(not_tls_failure({bytes.data(), bytes.size()}));
    }
    handshake_bytes_ += bytes.size();
    if (handshake_bytes_ > handshake_limit) {
      return fail({.reason = "handshake", .detail = "the handshake does not come to an end"});
    }
  }
  BIO_write(incoming_, bytes.data(), static_cast<int>(bytes.size()));
  drive();
}

void TlsStream::Session::drive() {
  driving_ = true;
  if (!handshaken_) step_handshake();
  if (handshaken_) read_records();
  driving_ = false;
  if (closed_ || failure) return;
  pump_out();
  if (closed_ || !handshaken_) return;
  if (!let_go_) let_go_of_handshake();
  if (reading_) return;
  below_->read_stop();
}

// Its buffers stay as large as the certificates that went through them, and a probe may wait long.
void TlsStream::Session::let_go_of_handshake() {
  if (BIO_pending(incoming_) > 0 || BIO_pending(outgoing_) > 0) return;
  let_go_ = true;
  BIO* const incoming = BIO_new(BIO_s_mem());
  BIO* const outgoing = BIO_new(BIO_s_mem());
  require(incoming != nullptr && outgoing != nullptr, "out of memory");
  SSL_set_bio(ssl_.get(), incoming, outgoing);
  incoming_ = incoming;
  outgoing_ = outgoing;
}

void TlsStream::Session::step_handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result != 1) {
    const int error = SSL_get_error(ssl_.get(), result);
    if (error == SSL_ERROR_WANT_READ) return;
    if (error == SSL_ERROR_ZERO_RETURN) return fail(closed_in_handshake());
    return fail(handshake_failure());
  }
  handshaken_ = true;
  told_connected_ = true;
  pump_out();
  if (events != nullptr) events->on_connected({});
}

void TlsStream::Session::read_records() {
  std::array<char, 16 << 10> plain;
  while (reading_ && !closed_ && !ended_ && !failure) {
    ERR_clear_error();
    const int size = SSL_read(ssl_.get(), plain.data(), static_cast<int>(plain.size()));
    if (size > 0) {
      if (events != nullptr) events->on_read({plain.data(), static_cast<std::size_t>(size)});
      continue;
    }
    const int error = SSL_get_error(ssl_.get(), size);
    if (error == SSL_ERROR_WANT_READ) return;
    if (error != SSL_ERROR_ZERO_RETURN) return fail(library_failure(ERR_peek_error(), true));
    clean_end = true;
    return tell_read_end({IoStatus::EndOfStream, 0});
  }
}

void TlsStream::Session::on_read_end(IoResult result) {
  const auto self = shared_from_this();
  if (closed_ || ended_ || failure) return;
  if (handshaken_) return tell_read_end(result);
  if (result.status == IoStatus::EndOfStream) {
    return fail(closed_in_handshake());
  }
  fail({.reason = "reset",
        .detail = fmt::format("the connection broke during the handshake ({})",
                              io_status_name(result.status))});
}

void TlsStream::Session::write(std::string bytes) {
  require(handshaken_ && !finishing_, "a write before the handshake or after shutdown");
  require(!std::exchange(writing_, true), "a second write before on_written");
  plain_ = std::move(bytes);
  plain_taken_ = 0;
  pump_out();
  turn();
}

// Moves what OpenSSL has to send downwards, then more of the write in flight, then the end.
void TlsStream::Session::pump_out() {
  if (below_writing_ || finished_) return;
  const bool failed_before = failure.has_value();
  if (BIO_pending(outgoing_) == 0 && !failed_before) encrypt_more();
  const auto pending = static_cast<std::size_t>(BIO_pending(outgoing_));
  if (pending > 0) {
    std::string bytes(pending, '\0');
    BIO_read(outgoing_, bytes.data(), static_cast<int>(pending));
    below_writing_ = true;
    below_->write(std::move(bytes));
  } else if (failure) {
    if (!failed_before) turn();  // for on_written to be told
  } else if (finishing_ && !writing_) {
    finished_ = true;
    below_->shutdown();
  }
}

void TlsStream::Session::encrypt_more() {
  ERR_clear_error();
  if (plain_taken_ < plain_.size()) {
    const auto size = std::min(plain_.size() - plain_taken_, bytes_encrypted_at_once);
    const int taken = SSL_write(ssl_.get(), plain_.data() + plain_taken_, static_cast<int>(size));
    if (taken > 0) {
      plain_taken_ += static_cast<std::size_t>(taken);
    } else {
      failure = library_failure(ERR_peek_error(), true);
    }
  } else if (finishing_ && !writing_ && !std::exchange(said_goodbye_, true)) {
    SSL_shutdown(ssl_.get());
  }
}

void TlsStream::Session::turn() {
  if (below_writing_ || finished_) return;
  below_writing_ = true;
  below_->write({});
}

void TlsStream::Session::on_written(IoResult result) {
  const auto self = shared_from_this();
  below_writing_ = false;
  if (closed_) return;
  if (failure) return told_connected_ ? tell_written(tls_failed) : fail(*failure);
  if (!handshaken_) {
    // After a reset the reading side learns more: an alert may be waiting there.
    if (!result.ok() && result.status != IoStatus::Reset) return on_read_end(result);
    if (result.ok()) pump_out();
    return;
  }
  if (!result.ok()) return tell_written(result);
  pump_out();
  if (!below_writing_) tell_written({});
  if (!closed_ && reading_ && !ended_) drive();  // what read_start() found waiting
}

void TlsStream::Session::tell_written(IoResult result) {
  if (!std::exchange(writing_, false)) return;
  plain_ = {};
  plain_taken_ = 0;
  if (finishing_ && result.ok()) pump_out();
  if (events != nullptr) events->on_written(result);
}

void TlsStream::Session::tell_read_end(IoResult result) {
  ended_ = true;
  if (!closed_) below_->read_stop();
  if (events != nullptr) events->on_read_end(result);
}

// Reported as the answer to what is being waited for: the handshake, or else reading.
void TlsStream::Session::fail(TlsFailure why) {
  failure = std::move(why);
  if (BIO_pending(outgoing_) > 0) pump_out();  // the alert, so that the other side learns why
  below_->read_stop();
  ended_ = true;
  const bool answers_handshake = !std::exchange(told_connected_, true);
  if (events == nullptr) return;
  if (answers_handshake) {
    events->on_connected(tls_failed);
  } else {
    events->on_read_end(tls_failed);
  }
}

void TlsStream::Session::read_start() {
  if (ended_ || std::exchange(reading_, true)) return;
  below_->read_start();
  const bool waiting = BIO_pending(incoming_) > 0 || SSL_pending(ssl_.get()) > 0;
  if (handshaken_ && waiting && !driving_) turn();
}

void TlsStream::Session::read_stop() {
  reading_ = false;
  if (handshaken_ && !ended_) below_->read_stop();
}

void TlsStream::Session::shutdown() {
  if (std::exchange(finishing_, true) || !handshaken_ || failure) return;
  pump_out();
}

void TlsStream::Session::close() {
  closed_ = true;
  events = nullptr;
  below_.reset();
}

}  // namespace gatewatch::net

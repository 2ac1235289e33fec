#include "daemon/web/connection.h"

#include <algorithm>
#include <utility>

#include "probes/net/tls_stream.h"

namespace gatewatch::daemon::web {
namespace {

constexpr std::size_t piece_bytes = 64 << 10;  // of an answer, written at once
constexpr std::size_t max_drained = 1 << 20;
constexpr std::chrono::seconds drain_patience{2};

const char* failure_message(int status) {
  switch (status) {
    case 413:
      return "The body is too long.";
    case 417:
      return "Send the request without Expect.";
    case 431:
      return "The header is too long.";
    case 501:
      return "The method or transfer coding is unknown.";
    case 505:
      return "Speak HTTP/1.1 or HTTP/1.0.";
    default:
      return "This is no well-formed HTTP request.";
  }
}

}  // namespace

Connection::Connection(Server& server, std::unique_ptr<net::Stream> stream)
    : server_(server),
      stream_(std::move(stream)),
      deadline_(server.network_.timer()),
      parser_(server.settings_.limits.request) {}

Connection::~Connection() {
  server_.unsent_bytes_ -= unsent_.size();
  server_.streams_ -= pieces_ ? 1 : 0;
  if (ticket_ != nullptr) {
    ticket_->connection = nullptr;
  }
}

void Connection::start() {
  enter(Phase::Idle);
  if (server_.settings_.tls == nullptr) {
    stream_->set_events(this);
    stream_->read_start();
    return;
  }
  auto secure = net::TlsStream::server(std::move(stream_), server_.settings_.tls);
  net::TlsStream& handshaking = *secure;
  stream_ = std::move(secure);
  stream_->set_events(this);
  handshaking.handshake();
}

// The end of a handshake: plain connections are never told.
void Connection::on_connected(net::IoResult result) {
  if (!result.ok()) {
    return close();
  }
  stream_->read_start();
}

// Idle and Reading share one deadline: it is not moved by bytes that drip in.
void Connection::enter(Phase phase) {
  const bool goes_on = phase_ == Phase::Idle && phase == Phase::Reading;
  phase_ = phase;
  if (!goes_on) {
    phase_began_ = server_.network_.clock().now();
    deadline_->start(phase == Phase::Draining ? drain_patience : server_.settings_.limits.patience,
                     [this] { on_deadline(); });
  }
}

void Connection::on_deadline() {
  if (phase_ == Phase::Answering) {
    return answer(error_response(503, "The answer took too long."));
  }
  ++server_.statistics_.timed_out;
  if (phase_ == Phase::Reading) {
    return refuse(408, "The request took too long.");
  }
  close();
}

void Connection::on_read(std::span<const char> bytes) {
  if (phase_ == Phase::Draining) {
    drained_ += bytes.size();
    if (drained_ > max_drained) {
      close();
    }
    return;
  }
  unread_.append(bytes.data(), bytes.size());
  take_bytes();
}

void Connection::take_bytes() {
  const std::size_t taken = parser_.feed(unread_);
  unread_.erase(0, taken);
  if (parser_.state() == net::HttpRequestParser::State::Failed) {
    const int status = parser_.failure_status();
    return refuse(status, failure_message(status));
  }
  if (parser_.state() == net::HttpRequestParser::State::Complete) {
    return ask();
  }
  if (phase_ == Phase::Idle && parser_.has_any_byte()) {
    enter(Phase::Reading);
  }
}

void Connection::ask() {
  stream_->read_stop();
  enter(Phase::Answering);
  keep_alive_ = parser_.keep_alive();
  net::Request request = parser_.take();
  is_head_ = request.method == "HEAD";
  takes_chunks_ = request.http_version != "1.0";
  ticket_ = std::make_shared<Ticket>(this);
  server_.handler_(std::move(request), [ticket = ticket_](WebResponse response) {
    if (ticket->connection != nullptr) {
      ticket->connection->answer(std::move(response));
    }
  });
}

void Connection::refuse(int status, const char* message) {
  stream_->read_stop();
  keep_alive_ = false;
  is_head_ = false;
  answer(error_response(status, message));
}

void Connection::answer(WebResponse response) {
  if (ticket_ != nullptr) {
    ticket_->connection = nullptr;
    ticket_ = nullptr;
  }
  if (!has_room(response)) {
    response = error_response(503, "Too many answers wait for their clients; ask again later.");
  }
  if (response.pieces && !is_head_) {
    keep_alive_ = keep_alive_ && takes_chunks_;
    pieces_ = response.pieces;
    ++server_.streams_;
    stream_end_ = server_.network_.clock().now() + server_.settings_.limits.stream;
  }
  ++server_.statistics_.answered;
  send(response_bytes(
      response, {.keep_alive = keep_alive_, .without_body = is_head_, .chunked = takes_chunks_}));
}

bool Connection::has_room(const WebResponse& response) const {
  const ServerLimits& limits = server_.settings_.limits;
  const bool streams = response.pieces && !is_head_;
  return server_.unsent_bytes_ + response.body.size() <= limits.unsent_bytes &&
         (!streams || server_.streams_ < limits.streams);
}

void Connection::send(std::string bytes) {
  unsent_ = std::move(bytes);
  server_.unsent_bytes_ += unsent_.size();
  sent_ = 0;
  write_piece();
}

void Connection::write_piece() {
  enter(Phase::Writing);
  std::string piece = unsent_.substr(sent_, piece_bytes);
  sent_ += piece.size();
  stream_->write(std::move(piece));
}

// Only now, with everything before it taken, so that a client that takes nothing costs one piece.
void Connection::make_piece() {
  if (server_.network_.clock().now() >= stream_end_) {
    ++server_.statistics_.timed_out;
    return close();
  }
  const std::string piece = pieces_();
  if (piece.empty()) {
    pieces_ = nullptr;
    --server_.streams_;
    if (!takes_chunks_) {
      return end_answer();
    }
  }
  send(takes_chunks_ ? chunk_bytes(piece) : piece);
}

void Connection::on_written(net::IoResult result) {
  if (!result.ok()) {
    return close();
  }
  if (sent_ < unsent_.size()) {
    return write_piece();
  }
  server_.unsent_bytes_ -= unsent_.size();
  unsent_ = {};
  if (pieces_) {
    return make_piece();
  }
  end_answer();
}

void Connection::end_answer() {
  if (keep_alive_) {
    begin_next();
  } else {
    drain();
  }
}

void Connection::begin_next() {
  enter(Phase::Idle);
  if (!unread_.empty()) {
    take_bytes();
  }
  if (phase_ <= Phase::Reading) {
    stream_->read_start();
  }
}

// Closing at once would have the kernel answer what still comes with a reset, which can destroy the
// answer on its way to the client.
void Connection::drain() {
  enter(Phase::Draining);
  unread_ = {};
  stream_->shutdown();
  stream_->read_start();
}

void Connection::on_read_end(net::IoResult /*result*/) {
  close();
}

// The last statement of whoever calls it: the connection is gone afterwards.
void Connection::close() {
  server_.remove(*this);
}

}  // namespace gatewatch::daemon::web

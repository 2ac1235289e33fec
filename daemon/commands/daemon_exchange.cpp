#include "daemon/commands/daemon_exchange.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "daemon/version.h"
#include "probes/net/certificate.h"

namespace gatewatch::daemon {
namespace {

constexpr std::chrono::seconds patience{10};
constexpr std::uint64_t largest_answer = 64 << 20;

// Whoever listens on every address is found on this machine's own.
Endpoint reachable(const Endpoint& listen) {
  if (!listen.address.is_unspecified()) return listen;
  Endpoint loopback = listen;
  const bool is_v4 = listen.address.family == IpFamily::V4;
  loopback.address = *IpAddress::parse(is_v4 ? "127.0.0.1" : "::1");
  return loopback;
}

std::string request_bytes(const config::DaemonAccess& access, const DaemonRequest& request) {
  const auto host =
      access.listen.unix_path.empty() ? reachable(access.listen.endpoint).text() : "localhost";
  auto bytes = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: {}\r\nConnection: close\r\n",
                           request.method, request.target, host, user_agent());
  if (!access.token.empty()) {
    bytes += fmt::format("Authorization: Bearer {}\r\n", access.token.reveal());
  }
  if (!request.body.empty()) {
    bytes += fmt::format("Content-Type: application/json\r\nContent-Length: {}\r\n",
                         request.body.size());
  }
  return bytes + "\r\n" + request.body;
}

bool nobody_listens(const net::IoResult& result) {
  return result.status == net::IoStatus::Refused || result.code == ENOENT;
}

}  // namespace

std::string daemon_address(const config::DaemonAccess& access) {
  if (!access.listen.unix_path.empty()) return "unix:" + access.listen.unix_path;
  return (access.certificate.empty() ? "http://" : "https://") +
         reachable(access.listen.endpoint).text();
}

DaemonExchange::DaemonExchange(net::UvNetwork& network, const config::DaemonAccess& access,
                               const DaemonRequest& request)
    : network_(network),
      access_(access),
      request_(request),
      deadline_(network.timer()),
      exchange_(request.method, {.body = largest_answer, .kept = largest_answer}) {}

std::expected<net::Response, Error> DaemonExchange::run() {
  deadline_->start(patience, [this] {
    end(fmt::format("{} does not answer within {} s", daemon_address(access_), patience.count()));
  });
  if (connect()) network_.run();
  deadline_->stop();
  stream_.reset();
  if (!error_.empty()) return std::unexpected(Error{error_});
  return exchange_.response();
}

// False where there is nothing to wait for.
bool DaemonExchange::connect() {
  if (access_.listen.unix_path.empty()) {
    stream_ = network_.stream();
    stream_->set_events(this);
    stream_->connect(reachable(access_.listen.endpoint));
    return true;
  }
  auto connected = network_.connect_unix(access_.listen.unix_path);
  if (!connected) {
    const int code = connected.error();
    on_connected({code == ECONNREFUSED ? net::IoStatus::Refused : net::IoStatus::Other, code});
    return false;
  }
  stream_ = *std::move(connected);
  stream_->set_events(this);
  on_connected({});
  return !ended_;
}

void DaemonExchange::on_connected(net::IoResult result) {
  if (result.ok()) {
    return !access_.certificate.empty() && secure_ == nullptr ? shake_hands() : send();
  }
  const auto address = daemon_address(access_);
  if (secure_ != nullptr) {
    const auto& failure = secure_->failure();
    return end(fmt::format("{} does not show the certificate {}: {}", address, access_.certificate,
                           failure ? failure->detail : "the connection ended"));
  }
  if (nobody_listens(result)) {
    return end(fmt::format("no daemon answers on {}: is gatewatch running?", address));
  }
  end(fmt::format("cannot connect to {}: {}", address, std::strerror(result.code)));
}

// Whoever holds the key of the configured certificate, or of one from the same authority for the
// same name, is the daemon.
void DaemonExchange::shake_hands() {
  config::Tls trust;
  trust.ca = access_.certificate;
  auto context = net::TlsContext::client(trust);
  if (!context) return end(context.error().message);
  auto secure =
      net::TlsStream::client(std::move(stream_), *context, net::certificate_host(access_.chain),
                             network_.clock().wall_now());
  secure_ = secure.get();
  stream_ = std::move(secure);
  stream_->set_events(this);
  secure_->handshake();
}

void DaemonExchange::send() {
  stream_->write(request_bytes(access_, request_));
}

void DaemonExchange::on_written(net::IoResult result) {
  if (!result.ok()) return end(fmt::format("{} hung up", daemon_address(access_)));
  stream_->read_start();
}

void DaemonExchange::on_read(std::span<const char> bytes) {
  exchange_.feed(bytes);
  look_at_answer();
}

void DaemonExchange::on_read_end(net::IoResult /*result*/) {
  exchange_.end();
  look_at_answer();
}

void DaemonExchange::look_at_answer() {
  if (exchange_.state() == net::ExchangeState::Complete) return end({});
  if (exchange_.state() != net::ExchangeState::Failed) return;
  end(fmt::format("what answers on {} is no gatewatch: {}", daemon_address(access_),
                  exchange_.failure_detail()));
}

void DaemonExchange::end(std::string error) {
  if (std::exchange(ended_, true)) return;
  error_ = std::move(error);
  if (stream_ != nullptr) stream_->set_events(nullptr);
  network_.stop();
}

}  // namespace gatewatch::daemon

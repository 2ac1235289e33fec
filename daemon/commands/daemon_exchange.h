// One HTTP exchange with the daemon: connects, shakes hands, asks, reads the answer.

#pragma once

#include <expected>
#include <memory>
#include <string>

#include "config/daemon_access.h"
#include "config/error.h"
#include "probes/net/http_exchange.h"
#include "probes/net/tls_stream.h"
#include "probes/net/uv_network.h"

namespace gatewatch::daemon {

struct DaemonRequest {
  std::string method;
  std::string target;
  std::string body;  // JSON; empty: none
};

// Where the daemon listens, as a client names it: "http://127.0.0.1:9502", "unix:/path".
[[nodiscard]] std::string daemon_address(const config::DaemonAccess& access);

class DaemonExchange final : public net::StreamEvents {
 public:
  DaemonExchange(net::UvNetwork& network, const config::DaemonAccess& access,
                 const DaemonRequest& request);
  DaemonExchange(const DaemonExchange&) = delete;
  DaemonExchange& operator=(const DaemonExchange&) = delete;
  ~DaemonExchange() = default;

  // Runs the network's loop to the end of the exchange. Once.
  [[nodiscard]] std::expected<net::Response, Error> run();

  void on_connected(net::IoResult result) override;
  void on_written(net::IoResult result) override;
  void on_read(std::span<const char> bytes) override;
  void on_read_end(net::IoResult result) override;

 private:
  [[nodiscard]] bool connect();
  void shake_hands();
  void send();
  void look_at_answer();
  void end(std::string error);

  net::UvNetwork& network_;
  const config::DaemonAccess& access_;
  DaemonRequest request_;
  std::unique_ptr<net::Timer> deadline_;
  std::unique_ptr<net::Stream> stream_;
  net::TlsStream* secure_ = nullptr;  // stream_, once TLS is spoken
  net::HttpExchange exchange_;
  std::string error_;
  bool ended_ = false;
};

}  // namespace gatewatch::daemon

// HTTP/1.1 for our own port: connections with limits and deadlines, one request of a client at a
// time. It knows nothing of what is asked. A slow or hostile client costs its own connection and
// delays nobody else.

#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <list>
#include <memory>

#include "config/config.h"
#include "daemon/web/web_message.h"
#include "probes/net/http_request_parser.h"
#include "probes/net/network.h"
#include "probes/net/tls_context.h"

namespace gatewatch::daemon::web {

struct ServerLimits {
  net::RequestLimits request{};
  // For a whole request to arrive, counted from the connection, the last answer, or its first byte;
  // for a handler to answer; and for a client to take the next piece of its answer.
  std::chrono::seconds patience{10};
  std::size_t connections = 2048;
  // Bytes of answers that all clients together have yet to take.
  std::size_t unsent_bytes = 64 << 20;
  // Answers in pieces that are under way at once, and how long a client may take over all of one.
  std::size_t streams = 4;
  std::chrono::seconds stream{30};
};

struct ServerSettings {
  config::ListenAddress listen;
  std::shared_ptr<const net::TlsContext> tls{};  // nullptr: plain HTTP
  ServerLimits limits{};
};

struct ServerStatistics {
  std::size_t connections = 0;  // now
  std::uint64_t accepted = 0;
  std::uint64_t answered = 0;   // requests
  std::uint64_t refused = 0;    // connections, for their number
  std::uint64_t timed_out = 0;  // connections that were closed for their slowness
};

class Connection;

// Belongs to the loop's thread.
class Server {
 public:
  using Handler = std::function<void(net::Request, WebReply)>;

  // `network` must outlive it.
  [[nodiscard]] static std::expected<std::unique_ptr<Server>, Error> create(net::Network& network,
                                                                            ServerSettings settings,
                                                                            Handler handler);
  ~Server();  // closes every connection at once
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] Endpoint local() const { return listener_->local(); }
  [[nodiscard]] const ServerStatistics& statistics() const { return statistics_; }

 private:
  friend class Connection;
  using Connections = std::list<std::unique_ptr<Connection>>;  // in the order of acceptance

  Server(net::Network& network, ServerSettings settings, Handler handler);

  void accept(std::unique_ptr<net::Stream> stream);
  [[nodiscard]] bool make_room();
  void remove(Connection& connection);

  net::Network& network_;
  ServerSettings settings_;
  Handler handler_;
  ServerStatistics statistics_;
  std::size_t unsent_bytes_ = 0;
  std::size_t streams_ = 0;
  Connections connections_;
  std::unique_ptr<net::Listener> listener_;
};

}  // namespace gatewatch::daemon::web

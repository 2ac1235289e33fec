// Our HTTP port: the server and the API behind it, put together.

#pragma once

#include <expected>
#include <memory>
#include <string>

#include "config/config.h"
#include "daemon/web/api.h"
#include "daemon/web/server.h"
#include "probes/net/network.h"

namespace gatewatch::daemon {

class WebFront {
 public:
  // Binds the port, for that many connections at once; an error names it. `network` must outlive
  // it, and so must what the sources use.
  [[nodiscard]] static std::expected<std::unique_ptr<WebFront>, Error> open(
      net::Network& network, const config::Daemon& daemon, web::ApiSources sources,
      std::size_t connections);
  ~WebFront();

  // "http://127.0.0.1:9502", with the port that was given for port 0; "unix:/path".
  [[nodiscard]] const std::string& address() const { return address_; }

 private:
  explicit WebFront(web::ApiSources sources);

  web::Api api_;
  std::string address_;
  std::unique_ptr<web::Server> server_;
};

}  // namespace gatewatch::daemon

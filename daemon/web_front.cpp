#include "daemon/web_front.h"

#include <utility>

#include "daemon/web/web_application.h"
#include "probes/net/tls_context.h"

namespace gatewatch::daemon {

std::expected<std::unique_ptr<WebFront>, Error> WebFront::open(net::Network& network,
                                                               const config::Daemon& daemon,
                                                               web::ApiSources sources,
                                                               std::size_t connections) {
  std::unique_ptr<WebFront> front(new WebFront(std::move(sources)));
  web::ServerSettings settings{.listen = daemon.listen};
  settings.limits.connections = connections;
  if (daemon.tls) {
    auto tls = net::TlsContext::server(*daemon.tls);
    if (!tls) return std::unexpected(tls.error());
    settings.tls = std::move(*tls);
  }
  auto server =
      web::Server::create(network, std::move(settings),
                          [&api = front->api_](net::Request request, const web::WebReply& reply) {
                            web::answer_request(api, std::move(request), reply);
                          });
  if (!server) return std::unexpected(server.error());
  front->server_ = std::move(*server);
  front->address_ = daemon.listen.unix_path.empty()
                        ? (daemon.tls ? "https://" : "http://") + front->server_->local().text()
                        : "unix:" + daemon.listen.unix_path;
  return front;
}

WebFront::WebFront(web::ApiSources sources) : api_(std::move(sources)) {}
WebFront::~WebFront() = default;

}  // namespace gatewatch::daemon

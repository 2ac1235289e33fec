#include "daemon/web/server.h"

#include <algorithm>
#include <utility>

#include "daemon/web/connection.h"

namespace gatewatch::daemon::web {

Server::Server(net::Network& network, ServerSettings settings, Handler handler)
    : network_(network), settings_(std::move(settings)), handler_(std::move(handler)) {}

Server::~Server() = default;

std::expected<std::unique_ptr<Server>, Error> Server::create(net::Network& network,
                                                             ServerSettings settings,
                                                             Handler handler) {
  std::unique_ptr<Server> server(new Server(network, std::move(settings), std::move(handler)));
  auto listener = network.listen(server->settings_.listen,
                                 [self = server.get()](std::unique_ptr<net::Stream> stream) {
                                   self->accept(std::move(stream));
                                 });
  if (!listener) {
    return std::unexpected(listener.error());
  }
  server->listener_ = *std::move(listener);
  return server;
}

void Server::accept(std::unique_ptr<net::Stream> stream) {
  if (connections_.size() >= settings_.limits.connections && !make_room()) {
    ++statistics_.refused;
    return;
  }
  ++statistics_.accepted;
  connections_.push_back(std::make_unique<Connection>(*this, std::move(stream)));
  statistics_.connections = connections_.size();
  connections_.back()->start();
}

// Closes the connection that is missed least: the one that has been idle longest, or else the one
// that has been sending its request longest, or else the one that has taken nothing of its answer
// for longest. Those that wait for us stay.
bool Server::make_room() {
  const auto worth = [](const std::unique_ptr<Connection>& connection) {
    return std::pair(connection->phase(), connection->phase_began());
  };
  const auto least = std::ranges::min_element(connections_, {}, worth);
  if (least == connections_.end() || (*least)->phase() == Connection::Phase::Answering) {
    return false;
  }
  connections_.erase(least);
  return true;
}

void Server::remove(Connection& connection) {
  const auto found =
      std::ranges::find(connections_, &connection, &std::unique_ptr<Connection>::get);
  connections_.erase(found);
  statistics_.connections = connections_.size();
}

}  // namespace gatewatch::daemon::web

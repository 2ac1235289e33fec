// Simulated listeners, and servers that follow a script.

#pragma once

#include <memory>

#include "tests/fakes/simulated_world.h"

namespace gatewatch::tests {

[[nodiscard]] std::expected<std::unique_ptr<net::Listener>, Error> make_simulated_listener(
    const std::shared_ptr<SimulatedWorld>& world, const config::ListenAddress& address,
    net::Listener::Accept accept);

[[nodiscard]] std::unique_ptr<net::Listener> make_simulated_server(
    const std::shared_ptr<SimulatedWorld>& world, const Endpoint& endpoint,
    std::function<void(SimulatedNetwork::Conversation&)> on_bytes);

}  // namespace gatewatch::tests

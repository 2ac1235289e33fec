// Names as the test's script has them, answered after the time that the script says.

#pragma once

#include <memory>

#include "tests/fakes/simulated_world.h"

namespace gatewatch::tests {

[[nodiscard]] std::unique_ptr<net::Resolver> make_simulated_resolver(
    const std::shared_ptr<SimulatedWorld>& world);

}  // namespace gatewatch::tests

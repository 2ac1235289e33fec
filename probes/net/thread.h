// The one way to make a thread: it has a name, handles no signals, and its absence is an error.

#pragma once

#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "config/error.h"

namespace gatewatch::net {

// Runs `run` on a new thread, which becomes `into`; one that was there is joined. The error says
// which thread could not be made. `name`: what tools show of it, of which the kernel keeps 15
// bytes. Signals are for the thread that made the loop which watches them: the new one blocks all
// but those that its own faults raise.
[[nodiscard]] std::optional<Error> start_thread(std::jthread& into, const std::string& name,
                                                std::move_only_function<void()> run);

}  // namespace gatewatch::net

// What the process asks of the kernel for itself.

#pragma once

#include <cstddef>

namespace gatewatch::daemon {

// As many descriptors as the hard limit allows: a probe in flight needs one.
void raise_descriptor_limit();

// How many descriptors may be opened yet.
[[nodiscard]] std::size_t descriptors_left();
// How many of the `wanted` probes may be in flight at once, so that our own server, the database
// and whatever is to be told find a descriptor too: a probe may take two, and some are kept.
[[nodiscard]] std::size_t probes_that_fit(std::size_t wanted, std::size_t descriptors);

// No core dumps: they would hold every secret of the configuration.
void forbid_core_dumps();

// SIGHUP, SIGTERM and SIGINT wait, instead of ending the process, until release_signals(): by then
// somebody must handle them. Both on the main thread, while it is alone or the others block them.
void hold_signals();
void release_signals();

// Gives the kernel back what was freed within the heap, after something large.
void return_free_memory();

}  // namespace gatewatch::daemon

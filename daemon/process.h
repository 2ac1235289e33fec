// What the process asks of the kernel for itself at its start.

#pragma once

namespace gatewatch::daemon {

// As many descriptors as the hard limit allows: a probe in flight needs one.
void raise_descriptor_limit();

// No core dumps: they would hold every secret of the configuration.
void forbid_core_dumps();

// SIGHUP, SIGTERM and SIGINT wait, instead of ending the process, until release_signals(): by then
// somebody must handle them. Both on the main thread, while it is alone or the others block them.
void hold_signals();
void release_signals();

}  // namespace gatewatch::daemon

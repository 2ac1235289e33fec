// What the process asks of the kernel for itself at its start.

#pragma once

namespace gatewatch::daemon {

// As many descriptors as the hard limit allows: a probe in flight needs one.
void raise_descriptor_limit();

// No core dumps: they would hold every secret of the configuration.
void forbid_core_dumps();

}  // namespace gatewatch::daemon

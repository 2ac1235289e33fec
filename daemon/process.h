// What the process asks of the kernel for itself.

#pragma once

#include <cstddef>

namespace gatewatch::daemon {

// As many descriptors as the hard limit allows: a probe in flight needs one.
void raise_descriptor_limit();

// How many descriptors may be opened yet.
[[nodiscard]] std::size_t descriptors_left();

// What descriptors are for, at once each. A probe or a transfer may take two.
struct DescriptorShares {
  std::size_t clients = 0;    // connections to our own server
  std::size_t transfers = 0;  // attempts to deliver
  std::size_t probes = 0;

  friend bool operator==(const DescriptorShares&, const DescriptorShares&) = default;
};
// How much of what is `wanted` fits, so that none of these takes what another needs, and some
// descriptors are kept for the database.
[[nodiscard]] DescriptorShares share_descriptors(const DescriptorShares& wanted,
                                                 std::size_t descriptors);

// No core dumps: they would hold every secret of the configuration.
void forbid_core_dumps();

// SIGHUP, SIGTERM and SIGINT wait, instead of ending the process, until release_signals(): by then
// somebody must handle them. Both on the main thread, while it is alone or the others block them.
void hold_signals();
void release_signals();

// Gives the kernel back what was freed within the heap, after something large.
void return_free_memory();

}  // namespace gatewatch::daemon

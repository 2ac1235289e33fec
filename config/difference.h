// What a reload changes: the routes by identity. A reload is this and three loops.

#pragma once

#include <string>
#include <vector>

#include "config/config.h"

namespace gatewatch::config {

struct Difference {
  std::vector<const Route*> added;    // into the new configuration
  std::vector<const Route*> changed;  // into the new configuration: any field differs
  std::vector<std::string> removed;   // ids
  // Settings that only a restart can change, by their key ("daemon.listen"), where they differ.
  std::vector<std::string> needs_restart;
};

// The pointers are valid as long as `now` is neither changed nor destroyed.
[[nodiscard]] Difference difference(const Config& before, const Config& now);

// `now` as far as a reload applies it: what only a restart can change stays as it is in `before`.
[[nodiscard]] Config without_restart(Config now, const Config& before);

}  // namespace gatewatch::config

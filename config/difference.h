// What a reload must undo, or cannot do: everything else it takes as it is.

#pragma once

#include <string>
#include <vector>

#include "config/config.h"

namespace gatewatch::config {

struct Difference {
  std::vector<std::string> removed;  // ids of routes
  // Settings that only a restart can change, by their key ("daemon.listen"), where they differ.
  std::vector<std::string> needs_restart;
};

[[nodiscard]] Difference difference(const Config& before, const Config& now);

// `now` as far as a reload applies it: what only a restart can change stays as it is in `before`.
[[nodiscard]] Config without_restart(Config now, const Config& before);

}  // namespace gatewatch::config

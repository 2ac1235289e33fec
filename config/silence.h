// A silence that the configuration declares: what it covers is recorded and not told.

#pragma once

#include <optional>
#include <string>

#include "config/scope.h"
#include "config/time_zone.h"

namespace gatewatch::config {

struct Silence {
  std::string name{};
  Scope scope{};                   // never empty once loaded
  std::optional<Moment> starts{};  // none: it is in force already
  std::optional<Moment> ends{};    // exclusive; none: it stays as long as it is configured
  std::string comment{};

  friend bool operator==(const Silence&, const Silence&) = default;
};

}  // namespace gatewatch::config

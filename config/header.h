// One header field of a request that the operator wants sent.

#pragma once

#include <string>

#include "config/secret.h"

namespace gatewatch::config {

struct Header {
  std::string name;
  Secret value;

  friend bool operator==(const Header&, const Header&) = default;
};

}  // namespace gatewatch::config

// What it takes to reach the running daemon, for its own commands.

#pragma once

#include <string>

#include "config/config.h"

namespace gatewatch::config {

struct DaemonAccess {
  ListenAddress listen = Daemon().listen;
  std::string certificate;  // PEM file that it serves with; empty: plain HTTP
  std::string chain;        // what stands in it
  Secret token;             // empty: none is configured, or it cannot be had
  std::string no_token;     // why it cannot be had; else empty
};

}  // namespace gatewatch::config

// Loads the configuration anew on a thread of its own: files are read and trust stores loaded
// there, so that the loops never wait for a disk. One reload at a time; a request that comes
// meanwhile makes one more afterwards.

#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "config/config.h"
#include "config/load.h"
#include "daemon/loop_mailbox.h"
#include "probes/http_probe.h"

namespace gatewatch::daemon {

// A configuration and what its routes need to be probed.
struct LoadedConfig {
  std::shared_ptr<config::Config> config;              // nobody else's until it is put in force
  std::vector<std::shared_ptr<const Target>> targets;  // of config->routes, which they share
};

// Every mistake, one line each.
using LoadResult = std::expected<LoadedConfig, std::vector<std::string>>;
using LoadConfig = std::function<std::expected<config::Config, std::vector<config::Mistake>>()>;

// Blocks: reads files.
[[nodiscard]] LoadResult load_everything(const LoadConfig& load);

// Belongs to the main loop.
class Reloader {
 public:
  // Called on the main loop, never from inside request(). The error: of ours, nothing was loaded.
  using Loaded = std::function<void(std::expected<LoadResult, Error>)>;

  Reloader(LoopMailbox& mailbox, LoadConfig load, Loaded loaded);

  void request();

 private:
  void begin();
  void post(std::expected<LoadResult, Error> result);
  void finish(std::expected<LoadResult, Error> result);

  LoopMailbox& mailbox_;
  LoadConfig load_;
  Loaded loaded_;
  bool busy_ = false;
  bool again_ = false;
  std::jthread thread_;
};

}  // namespace gatewatch::daemon

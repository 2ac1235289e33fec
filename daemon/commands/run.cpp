// `gatewatch run`: the daemon in the foreground, as systemd wants it.

#include <cstdio>

#include <fmt/core.h>

#include "daemon/app.h"
#include "daemon/commands/command.h"
#include "daemon/process.h"

namespace gatewatch::daemon {

int run_command(const RunOptions& options) {
  hold_signals();
  forbid_core_dumps();
  raise_descriptor_limit();
  auto log = Log::to_stderr(options.verbose ? LogLevel::Debug : LogLevel::Info);
  const LoadConfig load = [file = options.config_file] {
    return config::load(file, config::process_environment());
  };
  auto loaded = load_everything(load);
  if (!loaded) {
    for (const auto& line : loaded.error()) fmt::print(stderr, "{}\n", line);
    return exit_usage;
  }
  auto app = App::create({.loaded = std::move(*loaded), .load = load, .observer = {}}, log);
  if (!app) {
    log.error("cannot start", {{"reason", app.error().message}});
    return exit_failed;
  }
  (*app)->run();
  app->reset();
  log.info("stopped");
  return exit_fine;
}

}  // namespace gatewatch::daemon

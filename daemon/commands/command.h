// The subcommands: each is a function from its options to an exit code, in a file of its own.
// Exit codes: 0 fine, 1 failed, 2 usage or configuration; `probe` exits like a monitoring plugin.

#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace gatewatch::daemon {

inline constexpr int exit_fine = 0;
inline constexpr int exit_failed = 1;
inline constexpr int exit_usage = 2;

inline constexpr const char* default_config_file = "/etc/gatewatch/gatewatch.toml";

struct RunOptions {
  std::string config_file = default_config_file;
  bool verbose = false;
};
[[nodiscard]] int run_command(const RunOptions& options);

struct CheckOptions {
  std::string config_file = default_config_file;
  bool print = false;  // the configuration as understood, secrets left out
};
[[nodiscard]] int check_command(const CheckOptions& options);

struct ProbeOptions {
  std::vector<std::string> urls;
  std::string method = "GET";
  std::vector<std::string> headers;  // "Name: value"
  std::string timeout = "10s";
  int redirects = 10;
  bool insecure = false;  // no verification of the certificate
  bool json = false;
};
[[nodiscard]] int probe_command(const ProbeOptions& options);

struct DemoOptions {
  std::vector<std::string> urls;  // none: the built-in site
};
[[nodiscard]] int demo_command(const DemoOptions& options);

[[nodiscard]] int version_command();

}  // namespace gatewatch::daemon

// The subcommands: each is a function from its options to an exit code, in a file of its own.
// Exit codes: 0 fine, 1 failed, 2 usage or configuration; `probe` and `status` exit like a
// monitoring plugin.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace gatewatch::daemon {

inline constexpr int exit_fine = 0;
inline constexpr int exit_failed = 1;
inline constexpr int exit_usage = 2;
inline constexpr int exit_unknown = 3;  // of a monitoring plugin

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

// Names URLs, which the keys apply to, or routes of the configuration.
struct ProbeOptions {
  std::vector<std::string> urls;
  // By the key of a route in gatewatch.toml that they stand for ("tls.ca").
  std::map<std::string, std::optional<std::string>> texts;
  std::map<std::string, std::vector<std::string>> lists;
  std::vector<std::string> headers;  // "Name: value"
  std::optional<std::string> key_file;
  std::optional<int> redirects;
  bool insecure = false;  // no verification of the certificate

  std::vector<std::string> routes;  // ids
  std::string config_file = default_config_file;
  bool json = false;
};
[[nodiscard]] int probe_command(const ProbeOptions& options);

struct TestAlertOptions {
  std::string channel;  // its name
  std::string config_file = default_config_file;
};
[[nodiscard]] int test_alert_command(const TestAlertOptions& options);

struct BackupOptions {
  std::string to;
  std::string config_file = default_config_file;
  std::optional<std::string> database;  // instead of that of the configuration
  bool force = false;                   // replace a file that is there
};
[[nodiscard]] int backup_command(const BackupOptions& options);

struct DemoOptions {
  std::vector<std::string> urls;  // none: the built-in site
};
[[nodiscard]] int demo_command(const DemoOptions& options);

// Of the commands that ask the running daemon.
struct DaemonOptions {
  std::string config_file = default_config_file;
  bool json = false;  // print what it answered
};

[[nodiscard]] int status_command(const DaemonOptions& options);

struct IncidentsOptions {
  bool open_only = false;
  int limit = 20;  // the newest
  DaemonOptions daemon;
};
[[nodiscard]] int incidents_command(const IncidentsOptions& options);

struct AckOptions {
  std::int64_t incident = 0;
  std::optional<std::string> by;  // instead of who runs it
  std::string comment;
  DaemonOptions daemon;
};
[[nodiscard]] int ack_command(const AckOptions& options);

struct ChangeOptions {
  std::string text;
  std::vector<std::string> routes;  // globs
  std::string link;
  std::optional<std::string> author;  // instead of who runs it
  DaemonOptions daemon;
};
[[nodiscard]] int change_command(const ChangeOptions& options);

struct SilenceAddOptions {
  std::vector<std::string> routes;  // globs, like the next two
  std::vector<std::string> rules;
  std::vector<std::string> regions;
  std::vector<std::string> tags;  // "KEY=VALUE"
  std::string duration;
  std::string starts;  // RFC 3339; empty: now
  std::string comment;
  std::optional<std::string> author;  // instead of who runs it
  DaemonOptions daemon;
};
[[nodiscard]] int silence_add_command(const SilenceAddOptions& options);

struct SilenceListOptions {
  bool all = false;  // those that are over too
  DaemonOptions daemon;
};
[[nodiscard]] int silence_list_command(const SilenceListOptions& options);

struct SilenceEndOptions {
  std::int64_t silence = 0;
  DaemonOptions daemon;
};
[[nodiscard]] int silence_end_command(const SilenceEndOptions& options);

[[nodiscard]] int version_command();

}  // namespace gatewatch::daemon

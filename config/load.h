// Reads the configuration: one TOML file and conf.d/*.toml beside it, in name order. Every mistake
// of every file is listed in one run, with its place and what would be right. Secrets are
// resolved here, once; nothing later reads a file or the environment.

#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include "config/config.h"
#include "config/daemon_access.h"
#include "config/environment.h"
#include "config/mistake.h"

namespace gatewatch::config {

// The complete, valid configuration, or every mistake in it, by file and line; never empty.
[[nodiscard]] std::expected<Config, std::vector<Mistake>> load(const std::filesystem::path& file,
                                                               const Environment& environment);

// The same for a text that was made by the program itself (`gatewatch demo`); `name` stands for
// the file in mistakes.
[[nodiscard]] std::expected<Config, std::vector<Mistake>> load_text(const std::string& text,
                                                                    const std::string& name,
                                                                    const Environment& environment);

// daemon.data alone, for a command that needs no more: whatever else is wrong, and whatever secret
// cannot be had, does not matter.
[[nodiscard]] std::expected<std::string, std::vector<Mistake>> load_data_directory(
    const std::filesystem::path& file);

// The same of what it takes to reach the daemon.
[[nodiscard]] std::expected<DaemonAccess, std::vector<Mistake>> load_daemon_access(
    const std::filesystem::path& file, const Environment& environment);

}  // namespace gatewatch::config

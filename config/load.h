// Reads the configuration: one TOML file and conf.d/*.toml beside it, in name order. Every mistake
// of every file is listed in one run, with its place and what would be right. Secrets are
// resolved here, once; nothing later reads a file or the environment.

#pragma once

#include <expected>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"

namespace gatewatch::config {

struct Mistake {
  std::string file;
  int line = 0;    // from 1; 0: the file as a whole
  int column = 0;  // from 1
  std::string message;

  [[nodiscard]] std::string text() const;  // "file:line:column: message"
  friend bool operator==(const Mistake&, const Mistake&) = default;
};

// The value of an environment variable. A parameter, so that tests need not change the process.
using Environment = std::function<std::optional<std::string>(const std::string&)>;
[[nodiscard]] Environment process_environment();

// The complete, valid configuration, or every mistake in it, by file and line; never empty.
[[nodiscard]] std::expected<Config, std::vector<Mistake>> load(const std::filesystem::path& file,
                                                               const Environment& environment);

// The same for a text that was made by the program itself (`gatewatch demo`); `name` stands for
// the file in mistakes.
[[nodiscard]] std::expected<Config, std::vector<Mistake>> load_text(const std::string& text,
                                                                    const std::string& name,
                                                                    const Environment& environment);

}  // namespace gatewatch::config

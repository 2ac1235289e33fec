// Resolves the strings that may be secret: literal, or { env | file | credential = … }. What goes
// wrong is said without the secret.

#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "config/document.h"
#include "config/environment.h"
#include "config/error.h"
#include "config/secret.h"

namespace gatewatch::config {

// What a literal value is to whoever may read the file that it stands in.
enum class Sensitivity : std::uint8_t { Secret, Harmless };

// A file of the configuration, as far as its values depend on it.
struct SourceFile {
  std::string name;
  std::string folder;               // relative paths count from here; empty: the working directory
  bool readable_by_others = false;  // then no literal secret may stand in it
};

class SecretReader {
 public:
  // `files`: by the index that places carry. Both must outlive the reader.
  SecretReader(const std::vector<SourceFile>& files, const Environment& environment)
      : files_(files), environment_(environment) {}

  // Notes mistakes under the name `name`; empty where the value is wrong.
  [[nodiscard]] std::optional<Secret> read(const Value& value, const std::string& name,
                                           Sensitivity sensitivity, Mistakes& mistakes) const;
  // `path` as seen from the file that `place` is in.
  [[nodiscard]] std::string resolve_path(const std::string& path, const Place& place) const;

 private:
  using Text = std::expected<std::string, Error>;
  [[nodiscard]] Text from_environment(const std::string& name) const;
  [[nodiscard]] Text from_file(const std::string& path) const;
  [[nodiscard]] Text from_credential(const std::string& name) const;
  [[nodiscard]] std::optional<Secret> literal(const std::string& text, const Place& place,
                                              const std::string& name, Sensitivity sensitivity,
                                              Mistakes& mistakes) const;
  [[nodiscard]] Text referred(const Entry& source) const;

  const std::vector<SourceFile>& files_;
  const Environment& environment_;
};

}  // namespace gatewatch::config

#include "config/secret_reader.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "config/file.h"
#include "config/nearest_key.h"

namespace gatewatch::config {
namespace {

constexpr std::size_t largest_secret = 64 << 10;
constexpr auto ways = "{ env = \"NAME\" }, { file = \"PATH\" } or { credential = \"NAME\" }";

// Editors end a file with a newline that is not part of the secret.
std::string without_newline(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

bool is_variable_name(const std::string& name) {
  const auto is_part = [](unsigned char byte) {
    return byte == '_' || (byte < 0x80 && std::isalnum(byte) != 0);
  };
  return !name.empty() && name[0] > '9' && std::ranges::all_of(name, is_part);
}

}  // namespace

std::optional<Secret> SecretReader::read(const Value& value, const std::string& name,
                                         Sensitivity sensitivity, Mistakes& mistakes) const {
  if (const auto* const text = std::get_if<std::string>(&value.data)) {
    return literal(*text, value.place, name, sensitivity, mistakes);
  }
  const auto* const table = std::get_if<Table>(&value.data);
  if (table == nullptr) {
    mistakes.add(value.place,
                 fmt::format("{} must be a string, or {}, not {}", name, ways, value.type_name()));
    return std::nullopt;
  }
  if (table->size() != 1) {
    mistakes.add(value.place, fmt::format("{} must name one source: {}", name, ways));
    return std::nullopt;
  }
  auto text = referred(table->front());
  if (!text) {
    mistakes.add(table->front().place, fmt::format("{}: {}", name, text.error().message));
    return std::nullopt;
  }
  return Secret(*std::move(text));
}

std::optional<Secret> SecretReader::literal(const std::string& text, const Place& place,
                                            const std::string& name, Sensitivity sensitivity,
                                            Mistakes& mistakes) const {
  const auto& file = files_.at(static_cast<std::size_t>(place.file));
  if (sensitivity == Sensitivity::Secret && file.readable_by_others) {
    mistakes.add(place, fmt::format("{} is a secret in a file that every user can read: chmod 600 "
                                    "{}, or write {}",
                                    name, file.name, ways));
    return std::nullopt;
  }
  if (text.empty()) {
    mistakes.add(place, fmt::format("{} is empty", name));
    return std::nullopt;
  }
  return Secret(text);
}

SecretReader::Text SecretReader::referred(const Entry& source) const {
  static const std::vector<std::string> kinds = {"env", "file", "credential"};
  if (std::ranges::find(kinds, source.key) == kinds.end()) {
    return std::unexpected(Error{fmt::format("unknown source \"{}\"{}: write {}", source.key,
                                             suggestion(source.key, kinds), ways)});
  }
  const auto* const argument = std::get_if<std::string>(&source.value.data);
  if (argument == nullptr || argument->empty()) {
    return std::unexpected(Error{fmt::format("{} must be a string that is not empty", source.key)});
  }
  auto text = source.key == "env"    ? from_environment(*argument)
              : source.key == "file" ? from_file(resolve_path(*argument, source.place))
                                     : from_credential(*argument);
  if (text && text->empty()) {
    return std::unexpected(Error{fmt::format("the {} is empty", source.key)});
  }
  return text;
}

SecretReader::Text SecretReader::from_environment(const std::string& name) const {
  // Whoever wrote the secret itself here must not find it in the log.
  if (!is_variable_name(name)) {
    return std::unexpected(Error{"env is not the name of an environment variable"});
  }
  auto text = environment_(name);
  if (!text) {
    return std::unexpected(Error{fmt::format("the environment variable {} is not set", name)});
  }
  return *std::move(text);
}

SecretReader::Text SecretReader::from_file(const std::string& path) const {
  auto content = read_file(path, largest_secret);
  if (!content) return std::unexpected(std::move(content.error()));
  if (content->readable_by_group || content->readable_by_others) {
    return std::unexpected(Error{
        fmt::format("{} holds a secret and can be read by other users: chmod 600 {}", path, path)});
  }
  return without_newline(std::move(content->text));
}

SecretReader::Text SecretReader::from_credential(const std::string& name) const {
  const auto folder = environment_("CREDENTIALS_DIRECTORY");
  if (!folder || folder->empty()) {
    return std::unexpected(
        Error{"CREDENTIALS_DIRECTORY is not set: run under systemd with LoadCredential= for it"});
  }
  if (name.find('/') != std::string::npos || name == "." || name == "..") {
    return std::unexpected(Error{"credential is not the name of a credential"});
  }
  // Its permissions are systemd's: an access control list shows as readable by the group.
  auto content = read_file(*folder + "/" + name, largest_secret);
  if (!content) return std::unexpected(std::move(content.error()));
  return without_newline(std::move(content->text));
}

std::string SecretReader::resolve_path(const std::string& path, const Place& place) const {
  const auto& folder = files_.at(static_cast<std::size_t>(place.file)).folder;
  return (std::filesystem::path(folder) / path).string();
}

}  // namespace gatewatch::config

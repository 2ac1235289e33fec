#include "config/load.h"

#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "config/channel_reader.h"
#include "config/daemon_reader.h"
#include "config/document.h"
#include "config/draft.h"
#include "config/file.h"
#include "config/hold_reader.h"
#include "config/route_reader.h"
#include "config/rule_reader.h"
#include "config/secret_reader.h"
#include "config/validate.h"

namespace gatewatch::config {
namespace {

constexpr std::size_t largest_file = 16 << 20;

// One run over all files.
class Run {
 public:
  explicit Run(const Environment& environment) : secrets_(files_, environment) {}

  // Whether the file could be read; what it says may still be wrong.
  bool add_file(const std::filesystem::path& path, bool is_main) {
    auto content = read_file(path.string(), largest_file);
    SourceFile source{path.string(), path.parent_path().string(), false};
    if (!content) {
      add_broken(std::move(source), content.error());
      return false;
    }
    source.readable_by_others = content->readable_by_others;
    add_text(content->text, std::move(source), is_main);
    return true;
  }

  void add_text(const std::string& text, SourceFile source, bool is_main) {
    const int file = add(std::move(source));
    const auto table = parse_document(text, file);
    if (!table) {
      draft_.complete = false;
      if (is_main) draft_.defaults.certain = false;
      mistakes_.add(table.error().place, table.error().message);
      return;
    }
    Section top(*table, {file, 1, 1}, "", mistakes_, secrets_);
    if (is_main) {
      read_settings(top);
    } else {
      refuse_settings(top);
    }
    read_lists(top);
    top.finish();
  }

  void add_broken(SourceFile source, const Error& error) {
    draft_.complete = false;
    mistakes_.add({add(std::move(source)), 0, 0}, error.message);
  }

  std::expected<Config, std::vector<Mistake>> finish() {
    auto config = validate(std::move(draft_), mistakes_);
    if (!mistakes_.empty()) return std::unexpected(mistakes_.sorted());
    return config;
  }

 private:
  int add(SourceFile source) {
    const int file = mistakes_.add_file(source.name);
    files_.push_back(std::move(source));
    return file;
  }

  // What stands in the main file alone.
  void read_settings(Section& top) {
    if (auto section = top.section("daemon")) read_daemon(*section, draft_.daemon);
    if (auto section = top.section("storage")) read_storage(*section, draft_.storage);
    if (auto section = top.section("defaults")) read_defaults(*section, draft_.defaults);
  }

  static void refuse_settings(Section& top) {
    for (const auto* const key : {"daemon", "storage", "defaults"}) {
      if (top.take(key) == nullptr) continue;
      top.mistake(key, "belongs into the main file: conf.d adds routes, rules and channels");
    }
  }

  void read_lists(Section& top) {
    for (auto& section : top.sections("route")) {
      draft_.routes.push_back(read_route(section, draft_.defaults));
      if (draft_.routes.back().route.name.empty()) draft_.complete = false;
    }
    for (auto& section : top.sections("rule")) draft_.rules.push_back(read_rule(section));
    for (auto& section : top.sections("channel")) {
      draft_.channels.push_back(read_channel(section));
      if (draft_.channels.back().channel.name.empty()) draft_.complete = false;
    }
    for (auto& section : top.sections("silence")) {
      draft_.silences.push_back(read_silence(section));
    }
    for (auto& section : top.sections("maintenance")) {
      draft_.maintenances.push_back(read_maintenance(section));
    }
  }

  std::vector<SourceFile> files_;
  SecretReader secrets_;
  Mistakes mistakes_;
  Draft draft_;
};

void add_folder(const std::filesystem::path& folder, Run& run) {
  std::error_code error;
  std::vector<std::filesystem::path> files;
  for (auto entry = std::filesystem::directory_iterator(folder, error);
       !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const auto& path = entry->path();
    if (path.extension() == ".toml" && !path.filename().string().starts_with('.')) {
      files.push_back(path);
    }
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    run.add_broken({folder.string(), "", false},
                   Error{fmt::format("cannot list {}: {}", folder.string(), error.message())});
  }
  std::ranges::sort(files);
  for (const auto& file : files) run.add_file(file, false);
}

// The value of that key; null where there is none of that type.
template <typename Type>
const Type* find(const Table& table, std::string_view key) {
  const auto entry = std::ranges::find(table, key, &Entry::key);
  return entry == table.end() ? nullptr : std::get_if<Type>(&entry->value.data);
}

// The main file alone, for commands that need little of it.
struct MainFile {
  Table table;
  std::vector<SourceFile> files;  // itself
};

// Nothing where a mistake was noted.
std::optional<MainFile> read_main_file(const std::filesystem::path& path, Mistakes& mistakes) {
  const int index = mistakes.add_file(path.string());
  auto content = read_file(path.string(), largest_file);
  if (!content) {
    mistakes.add({index, 0, 0}, content.error().message);
    return std::nullopt;
  }
  auto table = parse_document(content->text, index);
  if (!table) {
    mistakes.add(table.error().place, table.error().message);
    return std::nullopt;
  }
  return MainFile{*std::move(table),
                  {{path.string(), path.parent_path().string(), content->readable_by_others}}};
}

}  // namespace

std::expected<Config, std::vector<Mistake>> load(const std::filesystem::path& file,
                                                 const Environment& environment) {
  Run run(environment);
  if (run.add_file(file, true)) add_folder(file.parent_path() / "conf.d", run);
  return run.finish();
}

std::expected<Config, std::vector<Mistake>> load_text(const std::string& text,
                                                      const std::string& name,
                                                      const Environment& environment) {
  Run run(environment);
  run.add_text(text, {name, "", false}, true);
  return run.finish();
}

std::expected<std::string, std::vector<Mistake>> load_data_directory(
    const std::filesystem::path& file) {
  Mistakes mistakes;
  const auto main = read_main_file(file, mistakes);
  if (!main) return std::unexpected(mistakes.sorted());
  const auto* const daemon = find<Table>(main->table, "daemon");
  const auto* const data = daemon == nullptr ? nullptr : find<std::string>(*daemon, "data");
  return data == nullptr ? Daemon().data : *data;
}

std::expected<DaemonAccess, std::vector<Mistake>> load_daemon_access(
    const std::filesystem::path& file, const Environment& environment) {
  Mistakes mistakes;
  const auto main = read_main_file(file, mistakes);
  if (!main) return std::unexpected(mistakes.sorted());
  DaemonAccess access;
  if (const auto* const daemon = find<Table>(main->table, "daemon")) {
    const SecretReader secrets(main->files, environment);
    Section section(*daemon, {0, 1, 1}, "daemon", mistakes, secrets);
    read_daemon_access(section, access);
  }
  if (!mistakes.empty()) return std::unexpected(mistakes.sorted());
  return access;
}

}  // namespace gatewatch::config

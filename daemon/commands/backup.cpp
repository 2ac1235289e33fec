// `gatewatch backup`: a checked copy of the database, also while the daemon writes it.

#include "storage/sqlite/backup.h"

#include <cstdio>

#include <fmt/core.h>

#include "config/load.h"
#include "daemon/commands/command.h"
#include "daemon/database_path.h"

namespace gatewatch::daemon {
namespace {

int back_up(const std::string& database, const BackupOptions& options) {
  const auto existing = options.force ? storage::Existing::Replace : storage::Existing::Refuse;
  const auto size = storage::back_up(database, options.to, existing);
  if (!size) {
    fmt::print(stderr, "{}\n", size.error().message);
    return exit_failed;
  }
  fmt::print("{}: {} bytes, sound\n", options.to, *size);
  return exit_fine;
}

}  // namespace

int backup_command(const BackupOptions& options) {
  if (options.database) return back_up(*options.database, options);
  const auto data = config::load_data_directory(options.config_file);
  if (data) return back_up(database_path(*data), options);
  for (const auto& mistake : data.error()) fmt::print(stderr, "{}\n", mistake.text());
  return exit_usage;
}

}  // namespace gatewatch::daemon

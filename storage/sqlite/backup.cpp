#include "storage/sqlite/backup.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "storage/sqlite/database.h"
#include "storage/sqlite/database_file.h"
#include "storage/sqlite/migrations.h"

namespace gatewatch::storage {

namespace {

namespace fs = std::filesystem;
using sqlite::Database;
using sqlite::Failure;
using sqlite::Transaction;

constexpr int step_pages = 1'000;

std::unexpected<Error> refusal(const std::string& to, const std::string& why) {
  return std::unexpected(Error{fmt::format("cannot back up to {}: {}", to, why)});
}

std::expected<void, Error> check_place(const std::string& path, const std::string& to,
                                       Existing existing) {
  std::error_code error;
  const auto status = fs::symlink_status(to, error);
  if (status.type() == fs::file_type::not_found) return {};
  if (error) return refusal(to, error.message());
  if (fs::equivalent(path, to, error)) return refusal(to, "it is the database itself");
  if (status.type() != fs::file_type::regular) return refusal(to, "it is not a regular file");
  if (existing == Existing::Replace) return {};
  return refusal(to, "it exists already; --force replaces it");
}

// A file of our own, removed unless it was renamed. It stays open for as long as SQLite works on
// it: closing a descriptor would drop SQLite's locks (POSIX).
class PartialFile {
 public:
  static std::expected<PartialFile, Error> create(const std::string& to) {
    PartialFile file(to + ".partial");
    ::unlink(file.path_.c_str());  // of a backup that was interrupted
    file.descriptor_ = ::open(file.path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file.descriptor_ < 0) return refusal(to, std::strerror(errno));
    return file;
  }

  ~PartialFile() {
    if (descriptor_ < 0) return;
    if (is_at_its_path()) ::unlink(path_.c_str());
    ::close(descriptor_);
  }
  PartialFile(PartialFile&& other) noexcept
      : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}
  PartialFile& operator=(PartialFile&&) = delete;

  // What it holds is on the disk, then it is at `to`, then that is on the disk too.
  std::expected<void, Error> finish(const std::string& to, Existing existing) {
    if (::fsync(descriptor_) != 0) return refusal(to, std::strerror(errno));
    if (!is_at_its_path()) return refusal(to, "another backup to this file has begun");
    const unsigned flags = existing == Existing::Replace ? 0 : RENAME_NOREPLACE;
    if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, to.c_str(), flags) != 0) {
      return refusal(to, std::strerror(errno));
    }
    const auto parent = fs::path(to).parent_path();
    const int directory =
        ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = directory >= 0 && ::fsync(directory) == 0;
    const int number = errno;
    if (directory >= 0) ::close(directory);
    if (!synced) return refusal(to, std::strerror(number));
    return {};
  }

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::uint64_t size() const {
    struct stat status{};
    return ::fstat(descriptor_, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
  }

 private:
  explicit PartialFile(std::string path) : path_(std::move(path)) {}

  [[nodiscard]] bool is_at_its_path() const {
    struct stat ours{};
    struct stat there{};
    return ::fstat(descriptor_, &ours) == 0 && ::lstat(path_.c_str(), &there) == 0 &&
           ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
  }

  std::string path_;
  int descriptor_ = -1;  // -1: moved from
};

struct BackupEnd {
  void operator()(sqlite3_backup* backup) const { sqlite3_backup_finish(backup); }
};

// Without a view of one state the copy would begin anew each time that the daemon writes.
std::expected<void, Failure> copy_pages(Database& from, Database& to) {
  auto view = Transaction::read(from);
  if (!view) return std::unexpected(std::move(view.error()));
  const auto seen = from.number("SELECT count(*) FROM sqlite_schema");
  if (!seen) return std::unexpected(seen.error());
  const std::unique_ptr<sqlite3_backup, BackupEnd> backup(
      sqlite3_backup_init(to.handle(), "main", from.handle(), "main"));
  if (!backup) return std::unexpected(to.failure(sqlite3_extended_errcode(to.handle())));
  int code = SQLITE_OK;
  while (code == SQLITE_OK) code = sqlite3_backup_step(backup.get(), step_pages);
  if (code == SQLITE_DONE) return {};
  // What the source has to say is about its pages; all else is about the copy.
  const bool of_source = sqlite3_extended_errcode(from.handle()) == code;
  return std::unexpected((of_source ? from : to).failure(code));
}

// Reads all of it: what is kept for a bad day must be known to be good.
std::expected<void, Failure> check_copy(Database& copy) {
  auto mode = copy.answer("PRAGMA journal_mode = DELETE");
  if (!mode) return std::unexpected(std::move(mode.error()));
  auto answer = copy.answer("PRAGMA integrity_check(1)");
  if (!answer) return std::unexpected(std::move(answer.error()));
  if (*answer == "ok") return {};
  return std::unexpected(Failure{SQLITE_CORRUPT, "the copy is damaged: " + *answer});
}

std::expected<void, Failure> copy_and_check(Database& from, const std::string& to) {
  auto copy = Database::open(to, false);
  if (!copy) return std::unexpected(std::move(copy.error()));
  // Power loss costs no more than this copy: it is written out once, at the end.
  auto done = (*copy)->execute("PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY");
  if (done) done = copy_pages(from, **copy);
  if (done) done = check_copy(**copy);
  return done;
}

}  // namespace

std::expected<std::uint64_t, Error> back_up(const std::string& path, const std::string& to,
                                            Existing existing) {
  const auto source = sqlite::open_for_copying(path);
  if (!source) return std::unexpected(Error{source.error().message});
  if (auto checked = check_place(path, to, existing); !checked) {
    return std::unexpected(std::move(checked.error()));
  }
  auto partial = PartialFile::create(to);
  if (!partial) return std::unexpected(std::move(partial.error()));
  if (auto copied = copy_and_check(*source->database, partial->path()); !copied) {
    return refusal(to, copied.error().message);
  }
  const auto size = partial->size();
  if (auto finished = partial->finish(to, existing); !finished) {
    return std::unexpected(std::move(finished.error()));
  }
  return size;
}

}  // namespace gatewatch::storage

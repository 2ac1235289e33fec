#include "tests/storage/fault_vfs.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <new>
#include <optional>
#include <stdexcept>
#include <vector>

#include <sqlite3.h>

namespace gatewatch::tests {

namespace {

namespace fs = std::filesystem;

constexpr sqlite3_int64 sector = 512;

// What of a file is not on the disk: its size when it was synced, and the sectors as they were.
struct Unsynced {
  sqlite3_int64 size = 0;
  std::map<sqlite3_int64, std::string> sectors;  // shorter where the file ended
};

}  // namespace

class FaultVfs::Model {
 public:
  explicit Model(sqlite3_vfs* below) : real(below) {}

  // SQLITE_OK, or what this call has to answer. `cut`: a write writes half of it first.
  int enter(int otherwise, bool* cut = nullptr) {
    const std::scoped_lock lock(mutex);
    ++calls;
    if (fail_at == 0 || calls < fail_at || (calls > fail_at && !lasts)) return SQLITE_OK;
    if (fault == Fault::ShortWrite && cut != nullptr) *cut = true;
    return fault == Fault::Full && otherwise == SQLITE_IOERR_WRITE ? SQLITE_FULL : otherwise;
  }

  // Keeps what [offset, offset + size) of the file is before it changes.
  void remember(sqlite3_file* file, const std::string& path, sqlite3_int64 offset,
                sqlite3_int64 size) {
    const std::scoped_lock lock(mutex);
    auto& unsynced = files[path];
    sqlite3_int64 length = 0;
    file->pMethods->xFileSize(file, &length);
    if (!unsynced) unsynced = Unsynced{length, {}};
    for (auto at = offset / sector * sector; at < std::min(offset + size, unsynced->size);
         at += sector) {
      if (unsynced->sectors.contains(at)) continue;
      std::string bytes(static_cast<std::size_t>(std::min(sector, length - at)), '\0');
      file->pMethods->xRead(file, bytes.data(), static_cast<int>(bytes.size()), at);
      unsynced->sectors[at] = std::move(bytes);
    }
  }

  sqlite3_vfs* const real;
  mutable std::mutex mutex;  // guards what follows
  std::uint64_t calls = 0;
  std::uint64_t fail_at = 0;  // 0: none
  Fault fault = Fault::IoError;
  bool lasts = false;
  std::map<std::string, std::optional<Unsynced>> files;  // that were opened; nullopt: all is synced
};

namespace {

using Model = FaultVfs::Model;

// The real file lies behind it in memory.
struct File {
  sqlite3_file base;
  Model* model;
  const std::string* path;  // null: temporary

  [[nodiscard]] sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File& of(sqlite3_file* file) {
  return *reinterpret_cast<File*>(file);
}

int close_file(sqlite3_file* file) {
  auto* const real = of(file).real();
  return real->pMethods == nullptr ? SQLITE_OK : real->pMethods->xClose(real);
}

int read(sqlite3_file* file, void* into, int size, sqlite3_int64 offset) {
  auto* const real = of(file).real();
  return real->pMethods->xRead(real, into, size, offset);
}

int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
  auto& ours = of(file);
  bool cut = false;
  const int code = ours.model->enter(SQLITE_IOERR_WRITE, &cut);
  if (code != SQLITE_OK && !cut) return code;
  const int written = cut ? size / 2 : size;
  if (ours.path != nullptr) ours.model->remember(ours.real(), *ours.path, offset, written);
  const int done = ours.real()->pMethods->xWrite(ours.real(), from, written, offset);
  return code != SQLITE_OK ? code : done;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  auto& ours = of(file);
  if (const int code = ours.model->enter(SQLITE_IOERR_TRUNCATE); code != SQLITE_OK) return code;
  if (ours.path != nullptr) {
    sqlite3_int64 length = 0;
    ours.real()->pMethods->xFileSize(ours.real(), &length);
    ours.model->remember(ours.real(), *ours.path, size, std::max<sqlite3_int64>(length - size, 0));
  }
  return ours.real()->pMethods->xTruncate(ours.real(), size);
}

// The real one is left out: nobody pulls the plug of the machine that tests.
int sync(sqlite3_file* file, int /*flags*/) {
  auto& ours = of(file);
  if (const int code = ours.model->enter(SQLITE_IOERR_FSYNC); code != SQLITE_OK) return code;
  const std::scoped_lock lock(ours.model->mutex);
  if (ours.path != nullptr) ours.model->files[*ours.path].reset();
  return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  auto* const real = of(file).real();
  return real->pMethods->xFileSize(real, size);
}

int lock(sqlite3_file* file, int level) {
  auto& ours = of(file);
  if (const int code = ours.model->enter(SQLITE_IOERR_LOCK); code != SQLITE_OK) return code;
  return ours.real()->pMethods->xLock(ours.real(), level);
}

int unlock(sqlite3_file* file, int level) {
  auto* const real = of(file).real();
  return real->pMethods->xUnlock(real, level);
}

int check_lock(sqlite3_file* file, int* held) {
  auto* const real = of(file).real();
  return real->pMethods->xCheckReservedLock(real, held);
}

int file_control(sqlite3_file* file, int operation, void* argument) {
  auto* const real = of(file).real();
  return real->pMethods->xFileControl(real, operation, argument);
}

int sector_size(sqlite3_file* file) {
  auto* const real = of(file).real();
  return real->pMethods->xSectorSize(real);
}

// Without what the real one may promise of its disk.
int characteristics(sqlite3_file* /*file*/) {
  return 0;
}

int map_memory(sqlite3_file* file, int region, int size, int extend, void volatile** memory) {
  auto& ours = of(file);
  if (const int code = ours.model->enter(SQLITE_IOERR_SHMMAP); code != SQLITE_OK) return code;
  return ours.real()->pMethods->xShmMap(ours.real(), region, size, extend, memory);
}

int lock_memory(sqlite3_file* file, int offset, int count, int flags) {
  auto& ours = of(file);
  if ((flags & SQLITE_SHM_LOCK) != 0) {
    if (const int code = ours.model->enter(SQLITE_IOERR_SHMLOCK); code != SQLITE_OK) return code;
  }
  return ours.real()->pMethods->xShmLock(ours.real(), offset, count, flags);
}

void memory_barrier(sqlite3_file* file) {
  auto* const real = of(file).real();
  real->pMethods->xShmBarrier(real);
}

int unmap_memory(sqlite3_file* file, int remove) {
  auto* const real = of(file).real();
  return real->pMethods->xShmUnmap(real, remove);
}

const sqlite3_io_methods methods = {2,
                                    close_file,
                                    read,
                                    write,
                                    truncate,
                                    sync,
                                    file_size,
                                    lock,
                                    unlock,
                                    check_lock,
                                    file_control,
                                    sector_size,
                                    characteristics,
                                    map_memory,
                                    lock_memory,
                                    memory_barrier,
                                    unmap_memory,
                                    nullptr,
                                    nullptr};

Model& model_of(sqlite3_vfs* vfs) {
  return *static_cast<Model*>(vfs->pAppData);
}

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto& model = model_of(vfs);
  auto& ours = *new (file) File{{nullptr}, &model, nullptr};
  ours.real()->pMethods = nullptr;
  if (const int code = model.enter(SQLITE_CANTOPEN); code != SQLITE_OK) return code;
  const int code = model.real->xOpen(model.real, name, ours.real(), flags, out_flags);
  if (code != SQLITE_OK) return code;
  if (name != nullptr) {
    const std::scoped_lock guard(model.mutex);
    ours.path = &model.files.try_emplace(name).first->first;
  }
  ours.base.pMethods = &methods;
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs* vfs, const char* name, int sync_directory) {
  auto& model = model_of(vfs);
  if (const int code = model.enter(SQLITE_IOERR_DELETE); code != SQLITE_OK) return code;
  {
    const std::scoped_lock guard(model.mutex);
    if (const auto known = model.files.find(name); known != model.files.end()) {
      known->second.reset();
    }
  }
  return model.real->xDelete(model.real, name, sync_directory);
}

sqlite3_vfs vfs;  // in C's list of them while a FaultVfs lives

}  // namespace

FaultVfs::FaultVfs() : model_(new Model(sqlite3_vfs_find(nullptr))) {
  vfs = *model_->real;
  vfs.zName = "fault";
  vfs.szOsFile = static_cast<int>(sizeof(File)) + model_->real->szOsFile;
  vfs.pNext = nullptr;
  vfs.pAppData = model_;
  vfs.xOpen = open_file;
  vfs.xDelete = delete_file;
  if (sqlite3_vfs_register(&vfs, 1) != SQLITE_OK) throw std::runtime_error("fault vfs");
}

FaultVfs::~FaultVfs() {
  sqlite3_vfs_unregister(&vfs);
  sqlite3_vfs_register(model_->real, 1);
  delete model_;
}

void FaultVfs::fail_at(std::uint64_t call, Fault fault, bool lasts) {
  const std::scoped_lock lock(model_->mutex);
  model_->calls = 0;
  model_->fail_at = call;
  model_->fault = fault;
  model_->lasts = lasts || fault == Fault::Full || fault == Fault::PowerLoss;
}

void FaultVfs::heal() {
  fail_at(0, Fault::IoError);
}

std::uint64_t FaultVfs::calls() const {
  const std::scoped_lock lock(model_->mutex);
  return model_->calls;
}

void FaultVfs::lose_unsynced(std::mt19937& random) {
  const std::scoped_lock lock(model_->mutex);
  for (auto& [path, unsynced] : model_->files) {
    if (!unsynced || !fs::exists(path)) continue;
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    const auto size = static_cast<sqlite3_int64>(fs::file_size(path));
    for (const auto& [at, bytes] : unsynced->sectors) {
      if (random() % 2 == 0) continue;
      file.seekp(at);
      file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    }
    // Beyond the old end nothing was: a sector that is lost is zeros, or the end.
    for (auto at = (unsynced->size + sector - 1) / sector * sector; at < size; at += sector) {
      if (random() % 2 == 0) continue;
      file.seekp(at);
      const std::string zeros(static_cast<std::size_t>(std::min(sector, size - at)), '\0');
      file.write(zeros.data(), static_cast<std::streamsize>(zeros.size()));
    }
    file.close();
    if (size > unsynced->size && random() % 3 == 0) {
      fs::resize_file(path, static_cast<std::uintmax_t>(unsynced->size));
    }
    unsynced.reset();
  }
}

}  // namespace gatewatch::tests

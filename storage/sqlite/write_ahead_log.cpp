#include "storage/sqlite/write_ahead_log.h"

namespace gatewatch::storage::sqlite {

namespace {

constexpr std::int64_t page_bytes = 4096;
constexpr int worth_pages = 1'000;
constexpr int reader_wait_ms = 20;
constexpr int wait_every = 64;  // calls, while a reader does not go

int note_pages(void* pages, sqlite3* /*handle*/, const char* /*name*/, int count) {
  *static_cast<int*>(pages) = count;
  return SQLITE_OK;
}

}  // namespace

WriteAheadLog::WriteAheadLog(Database& database) : database_(database) {
  sqlite3_wal_hook(database_.handle(), note_pages, &pages_);
  // What a long log leaves of its file once it begins anew.
  static_cast<void>(database_.execute("PRAGMA journal_size_limit = 16777216"));
}

WriteAheadLog::~WriteAheadLog() {
  sqlite3_wal_hook(database_.handle(), nullptr, nullptr);
}

void WriteAheadLog::check_point() {
  bytes_ = pages_ * page_bytes;
  if (pages_ < worth_pages) return;
  auto* const handle = database_.handle();
  int all = 0;
  int moved = 0;
  static_cast<void>(
      sqlite3_wal_checkpoint_v2(handle, nullptr, SQLITE_CHECKPOINT_PASSIVE, &all, &moved));
  if (bytes_ < longest_log_bytes || refused_++ % wait_every != 0) return;
  sqlite3_busy_timeout(handle, reader_wait_ms);
  const int code =
      sqlite3_wal_checkpoint_v2(handle, nullptr, SQLITE_CHECKPOINT_TRUNCATE, &all, &moved);
  sqlite3_busy_timeout(handle, busy_timeout_ms);
  if (code != SQLITE_OK) return;
  refused_ = 0;
  pages_ = 0;
  bytes_ = 0;
}

}  // namespace gatewatch::storage::sqlite

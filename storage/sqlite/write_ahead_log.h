// Keeps the write-ahead log of a connection short. SQLite itself starts it anew only when no reader
// looks at it at that moment: with readers that follow upon each other it would grow without end.

#pragma once

#include "storage/sqlite/database.h"

namespace gatewatch::storage::sqlite {

// A longer log waits a moment for its readers.
inline constexpr std::int64_t longest_log_bytes = 64LL << 20;

class WriteAheadLog {
 public:
  // In place of SQLite's own checkpoints, which end here. Of a connection that writes.
  explicit WriteAheadLog(Database& database);
  ~WriteAheadLog();
  WriteAheadLog(const WriteAheadLog&) = delete;
  WriteAheadLog& operator=(const WriteAheadLog&) = delete;

  // After a commit: moves what was written into the file once that is worth it. Readers hold it up
  // for 20 ms at most, and for no time at all most of the time. That it fails is no failure of the
  // commit: the next one tries again.
  void check_point();
  [[nodiscard]] std::int64_t bytes() const { return bytes_; }

 private:
  Database& database_;
  std::int64_t bytes_ = 0;
  int pages_ = 0;    // in the log, after the newest commit
  int refused_ = 0;  // calls in a row in which a reader of a long log was in the way
};

}  // namespace gatewatch::storage::sqlite

// What lies below SQLite, made to fail: a VFS over the real one in which the N-th call that changes
// something fails, alone or with all that follow, and in which the power may go: what was written
// and not synced is then lost by sectors, each or not as chance has it.

#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <random>
#include <string>

namespace gatewatch::tests {

enum class Fault : std::uint8_t { IoError, Full, ShortWrite, PowerLoss };

// The default VFS of the process while it lives. One at a time; connections end before it.
class FaultVfs {
 public:
  FaultVfs();
  ~FaultVfs();
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;

  // The `call`-th from now on fails, from 1: an open, write, truncation, sync, deletion or lock. A
  // fault that is Full or PowerLoss, or `lasts`, goes on until heal().
  void fail_at(std::uint64_t call, Fault fault, bool lasts = false);
  void heal();
  // How many calls there were since fail_at() or heal().
  [[nodiscard]] std::uint64_t calls() const;

  // Once nobody has a file open: leaves what a disk may hold after the power went.
  void lose_unsynced(std::mt19937& random);

  class Model;

 private:
  Model* model_;
};

}  // namespace gatewatch::tests

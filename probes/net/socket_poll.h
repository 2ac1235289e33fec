// Readiness of all sockets of one loop: an edge-triggered epoll set (epoll(7)) inside libuv's own.
// A socket is registered once and never again, where libuv's streams change their registration at
// each step of a connection: that is a third of the system calls of a probe.

#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <uv.h>

namespace gatewatch::net {

class UvLoop;

// Belongs to the loop's thread.
class SocketPoll {
 public:
  class Watcher {
   public:
    // `events`: what epoll says came since the last call, 0 where call_soon() asked for it.
    virtual void on_ready(std::uint32_t events) = 0;

   protected:
    ~Watcher() = default;
  };
  using Id = std::uint64_t;  // never given twice

  SocketPoll() = default;
  ~SocketPoll();
  SocketPoll(const SocketPoll&) = delete;
  SocketPoll& operator=(const SocketPoll&) = delete;

  // 0, or a libuv status; then it may only be destroyed. `loop` must outlive it.
  [[nodiscard]] int open(UvLoop& loop);
  void close();  // the loop has to run for a turn after it

  [[nodiscard]] Id add(Watcher& watcher);
  // `descriptor` leaves the set by being closed. 0 or an errno.
  [[nodiscard]] int watch(Id id, int descriptor);
  // Nothing is called back any more, not even for what the kernel has said already.
  void remove(Id id);
  [[nodiscard]] bool has(Id id) const;

  // on_ready(0) once the callback that runs now has returned: never from inside this call.
  void call_soon(Id id);

 private:
  struct Slot {
    Watcher* watcher = nullptr;
    std::uint32_t generation = 1;
  };
  [[nodiscard]] static std::size_t index_of(Id id) { return static_cast<std::uint32_t>(id); }
  void call(Id id, std::uint32_t events);
  void dispatch();
  void call_those_asked_for();

  UvLoop* loop_ = nullptr;
  int descriptor_ = -1;
  std::unique_ptr<uv_poll_t> poll_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::vector<Id> soon_;
  std::vector<Id> calling_;  // soon_ while it is called: kept for its memory
  bool dispatching_ = false;
};

}  // namespace gatewatch::net

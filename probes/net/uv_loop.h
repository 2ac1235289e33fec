// One libuv loop and what all wrappers on it share: the sockets that it watches, the read buffer,
// work for the next turn, and the measure of how long callbacks hold the loop.

#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <expected>
#include <functional>
#include <memory>
#include <span>

#include <uv.h>

#include "config/error.h"
#include "probes/net/socket_poll.h"

namespace gatewatch::net {

class UvLoop {
 public:
  using DeferredId = std::uint64_t;  // 0: none

  [[nodiscard]] static std::expected<std::unique_ptr<UvLoop>, Error> create();
  UvLoop(const UvLoop&) = delete;
  UvLoop& operator=(const UvLoop&) = delete;
  ~UvLoop();  // close() must have returned 0

  [[nodiscard]] uv_loop_t* get() { return &loop_; }

  [[nodiscard]] SocketPoll& sockets() { return sockets_; }
  // Valid until the next read of any stream on this loop.
  [[nodiscard]] std::span<char> read_buffer() { return read_buffer_; }

  // Calls back on the next turn of the loop, unless cancelled before.
  DeferredId defer(std::move_only_function<void()> callback);
  void cancel(DeferredId id);

  [[nodiscard]] std::chrono::nanoseconds take_longest_turn();
  [[nodiscard]] int close();

 private:
  UvLoop() = default;
  void run_deferred();
  void measure_turn();

  uv_loop_t loop_{};
  uv_prepare_t prepare_{};  // also keeps the loop running until it is stopped
  uv_idle_t idle_{};        // active while something is deferred
  SocketPoll sockets_;
  std::deque<std::move_only_function<void()>> deferred_;  // null: cancelled
  DeferredId first_deferred_ = 1;                         // of the first in the queue
  std::uint64_t turn_began_ns_ = 0;
  std::uint64_t idle_before_ns_ = 0;
  std::uint64_t longest_turn_ns_ = 0;
  bool closing_ = false;
  bool closed_ = false;
  std::array<char, 64 << 10> read_buffer_;
};

// Closes the handle inside a heap block, and deletes the block once libuv has let go of it.
// `handle.data` must point to the block.
template <typename Block, typename Handle>
void close_and_delete(Handle& handle) {
  uv_close(reinterpret_cast<uv_handle_t*>(&handle),
           [](uv_handle_t* closed) noexcept { delete static_cast<Block*>(closed->data); });
}

}  // namespace gatewatch::net

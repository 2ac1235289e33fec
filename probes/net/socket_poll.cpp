#include "probes/net/socket_poll.h"

#include <array>
#include <cerrno>
#include <sys/epoll.h>
#include <unistd.h>
#include <utility>

#include "probes/net/uv_loop.h"

namespace gatewatch::net {
namespace {

constexpr int events_per_turn = 256;

}  // namespace

SocketPoll::~SocketPoll() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

int SocketPoll::open(UvLoop& loop) {
  loop_ = &loop;
  descriptor_ = ::epoll_create1(EPOLL_CLOEXEC);
  if (descriptor_ < 0) return uv_translate_sys_error(errno);
  auto poll = std::make_unique<uv_poll_t>();
  if (const int error = uv_poll_init(loop.get(), poll.get(), descriptor_); error != 0) return error;
  poll_ = std::move(poll);
  poll_->data = this;
  return uv_poll_start(poll_.get(), UV_READABLE, [](uv_poll_t* handle, int, int) noexcept {
    static_cast<SocketPoll*>(handle->data)->dispatch();
  });
}

void SocketPoll::close() {
  if (poll_ == nullptr) return;
  uv_close(reinterpret_cast<uv_handle_t*>(poll_.release()),
           [](uv_handle_t* closed) noexcept { delete reinterpret_cast<uv_poll_t*>(closed); });
}

SocketPoll::Id SocketPoll::add(Watcher& watcher) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t index = free_.back();
  free_.pop_back();
  slots_[index].watcher = &watcher;
  return Id{slots_[index].generation} << 32 | index;
}

int SocketPoll::watch(Id id, int descriptor) {
  epoll_event event{.events = EPOLLIN | EPOLLPRI | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                    .data = {.u64 = id}};
  return ::epoll_ctl(descriptor_, EPOLL_CTL_ADD, descriptor, &event) == 0 ? 0 : errno;
}

void SocketPoll::remove(Id id) {
  auto& slot = slots_[index_of(id)];
  slot.watcher = nullptr;
  ++slot.generation;
  free_.push_back(static_cast<std::uint32_t>(index_of(id)));
}

bool SocketPoll::has(Id id) const {
  return slots_[index_of(id)].generation == id >> 32;
}

void SocketPoll::call(Id id, std::uint32_t events) {
  if (has(id)) slots_[index_of(id)].watcher->on_ready(events);
}

void SocketPoll::call_soon(Id id) {
  soon_.push_back(id);
  if (!dispatching_ && soon_.size() == 1) (void)loop_->defer([this] { call_those_asked_for(); });
}

void SocketPoll::dispatch() {
  std::array<epoll_event, events_per_turn> events;
  const int count = ::epoll_wait(descriptor_, events.data(), events_per_turn, 0);
  dispatching_ = true;
  for (int index = 0; index < count; ++index) {
    const auto& event = events[static_cast<std::size_t>(index)];
    call(event.data.u64, event.events);
  }
  dispatching_ = false;
  call_those_asked_for();
}

// One round: whoever asks again meanwhile waits for the loop's next turn.
void SocketPoll::call_those_asked_for() {
  calling_.swap(soon_);
  for (const Id id : calling_) call(id, 0);
  calling_.clear();
}

}  // namespace gatewatch::net

#include "probes/net/uv_listener.h"

#include <cerrno>
#include <sys/socket.h>
#include <utility>

#include "probes/net/invariant.h"
#include "probes/net/socket_stream.h"
#include "probes/net/uv_status.h"

namespace gatewatch::net {
namespace {

constexpr int accepts_per_turn = 64;
constexpr std::uint64_t rest_ms = 100;  // after descriptors ran out

}  // namespace

struct UvListener::Block {
  uv_poll_t poll{};
  uv_timer_t timer{};  // ends a rest
  int open_handles = 2;
  UvLoop* loop = nullptr;
  UvListener* owner = nullptr;
  Accept accept;

  template <typename Handle>
  static void close(Handle& handle) {
    uv_close(reinterpret_cast<uv_handle_t*>(&handle), [](uv_handle_t* closed) noexcept {
      auto* const block = static_cast<Block*>(closed->data);
      if (--block->open_handles == 0) delete block;
    });
  }
};

std::expected<std::unique_ptr<UvListener>, Error> UvListener::create(
    UvLoop& loop, const config::ListenAddress& address, Accept accept) {
  auto socket = ListeningSocket::open(address);
  if (!socket) return std::unexpected(socket.error());
  return std::unique_ptr<UvListener>(new UvListener(loop, std::move(*socket), std::move(accept)));
}

UvListener::UvListener(UvLoop& loop, ListeningSocket socket, Accept accept)
    : socket_(std::move(socket)), block_(new Block) {
  block_->loop = &loop;
  block_->owner = this;
  block_->accept = std::move(accept);
  require(uv_poll_init(loop.get(), &block_->poll, socket_.descriptor()) == 0,
          "a listening socket cannot be polled");
  uv_timer_init(loop.get(), &block_->timer);
  block_->poll.data = block_;
  block_->timer.data = block_;
  watch();
}

UvListener::~UvListener() {
  block_->owner = nullptr;
  Block::close(block_->poll);
  Block::close(block_->timer);
}

void UvListener::pause() {
  paused_ = true;
  uv_poll_stop(&block_->poll);
  uv_timer_stop(&block_->timer);
}

void UvListener::resume() {
  if (std::exchange(paused_, false)) watch();
}

void UvListener::watch() {
  uv_poll_start(&block_->poll, UV_READABLE, [](uv_poll_t* handle, int, int) noexcept {
    accept_waiting(static_cast<Block*>(handle->data));
  });
}

// Connections wait in the backlog meanwhile.
void UvListener::rest() {
  uv_poll_stop(&block_->poll);
  uv_timer_start(
      &block_->timer,
      [](uv_timer_t* handle) noexcept {
        auto* const owner = static_cast<Block*>(handle->data)->owner;
        if (owner != nullptr) owner->watch();
      },
      rest_ms, 0);
}

void UvListener::accept_waiting(Block* block) {
  for (int count = 0; count < accepts_per_turn; ++count) {
    if (block->owner == nullptr || block->owner->paused_) return;  // the callback's doing
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    const int descriptor =
        ::accept4(block->owner->socket_.descriptor(), reinterpret_cast<sockaddr*>(&address), &size,
                  SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0) {
      if (errno == EAGAIN) return;
      if (is_own_shortage(errno)) return block->owner->rest();
      continue;  // accept(2) hands on what befell the connection meanwhile
    }
    const auto kind = address.ss_family == AF_UNIX ? SocketStream::Kind::Unix : SocketStream::Kind::Tcp;
    block->accept(std::make_unique<SocketStream>(*block->loop, kind, descriptor, endpoint_of(address)));
  }
}

}  // namespace gatewatch::net

#include "probes/net/uv_stream.h"

#include <cerrno>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "probes/net/invariant.h"
#include "probes/net/uv_status.h"

namespace gatewatch::net {

// libuv can cancel neither a connect nor a write, so all that the kernel may still look at lives
// here until the handle is closed.
struct UvStream::Block {
  union {
    uv_handle_t any;
    uv_stream_t stream;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
  } handle{};
  uv_connect_t connect{};
  uv_write_t write{};
  uv_shutdown_t shutdown{};
  std::string outgoing;
  UvLoop* loop = nullptr;
  UvStream* owner = nullptr;

  static UvStream* owner_of(void* block) noexcept { return static_cast<Block*>(block)->owner; }
};

UvStream::UvStream(UvLoop& loop) : loop_(loop), block_(new Block) {
  uv_tcp_init(loop.get(), &block_->handle.tcp);
  uv_tcp_nodelay(&block_->handle.tcp, 1);  // no socket yet: remembered for when there is one
  block_->handle.any.data = block_;
  block_->loop = &loop;
  block_->owner = this;
}

UvStream::UvStream(UvLoop& loop, Kind kind, int descriptor, const Endpoint& peer)
    : loop_(loop), block_(new Block), peer_(peer), asked_to_connect_(true) {
  int error = 0;
  if (kind == Kind::Tcp) {
    uv_tcp_init(loop.get(), &block_->handle.tcp);
    uv_tcp_nodelay(&block_->handle.tcp, 1);
    error = uv_tcp_open(&block_->handle.tcp, descriptor);
  } else {
    uv_pipe_init(loop.get(), &block_->handle.pipe, 0);
    error = uv_pipe_open(&block_->handle.pipe, descriptor);
  }
  if (error != 0) ::close(descriptor);  // every use of the stream now fails and says so
  block_->handle.any.data = block_;
  block_->loop = &loop;
  block_->owner = this;
}

UvStream::~UvStream() {
  loop_.cancel(failed_request_);
  loop_.cancel(failed_read_);
  block_->owner = nullptr;
  close_and_delete<Block>(block_->handle.any);
}

void UvStream::connect(const Endpoint& endpoint) {
  require(!std::exchange(asked_to_connect_, true), "a second connect");
  peer_ = endpoint;
  block_->connect.data = block_;
  const sockaddr_storage address = socket_address(endpoint);
  const int error = uv_tcp_connect(&block_->connect, &block_->handle.tcp,
                                   reinterpret_cast<const sockaddr*>(&address),
                                   [](uv_connect_t* request, int status) noexcept {
                                     auto* const owner = Block::owner_of(request->data);
                                     if (owner != nullptr) owner->connected(status);
                                   });
  if (error != 0) failed_request_ = loop_.defer([this, error] { connected(error); });
}

void UvStream::connected(int status) {
  if (events_ != nullptr) events_->on_connected(io_result(status));
}

void UvStream::write(std::string bytes) {
  require(!std::exchange(writing_, true), "a second write before on_written");
  block_->outgoing = std::move(bytes);
  block_->write.data = block_;
  const uv_buf_t buffer =
      uv_buf_init(block_->outgoing.data(), static_cast<unsigned>(block_->outgoing.size()));
  const int error = uv_write(&block_->write, &block_->handle.stream, &buffer, 1,
                             [](uv_write_t* request, int status) noexcept {
                               auto* const owner = Block::owner_of(request->data);
                               if (owner != nullptr) owner->written(status);
                             });
  if (error == 0) return;
  // libuv knows no connection any more.
  failed_request_ = loop_.defer([this] { written(UV_EPIPE); });
}

void UvStream::written(int status) {
  writing_ = false;
  block_->outgoing = {};
  if (events_ != nullptr) events_->on_written(io_result(status));
}

void UvStream::read_start() {
  if (ended_ || std::exchange(reading_, true)) return;
  const int error = uv_read_start(
      &block_->handle.stream,
      [](uv_handle_t* handle, std::size_t, uv_buf_t* buffer) noexcept {
        *buffer = static_cast<Block*>(handle->data)->loop->read_buffer();
      },
      [](uv_stream_t* stream, ssize_t size, const uv_buf_t* buffer) noexcept {
        auto* const owner = Block::owner_of(stream->data);
        if (owner != nullptr) owner->received(size, buffer);
      });
  if (error != 0) failed_read_ = loop_.defer([this] { end_reading(UV_ECONNRESET); });
}

void UvStream::read_stop() {
  if (!std::exchange(reading_, false)) return;
  loop_.cancel(failed_read_);
  uv_read_stop(&block_->handle.stream);
}

// When a reset comes together with the last bytes, libuv sees the hang-up and calls it an end. The
// kernel knows better. EPIPE is a reset after a FIN, which stays the end that it was.
int UvStream::end_status() const {
  uv_os_fd_t descriptor = -1;
  int error = 0;
  socklen_t size = sizeof error;
  const bool known = uv_fileno(&block_->handle.any, &descriptor) == 0 &&
                     getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) == 0;
  return known && error != 0 && error != EPIPE ? uv_translate_sys_error(error) : UV_EOF;
}

void UvStream::received(ssize_t size, const uv_buf_t* buffer) {
  if (size == 0) return;  // EAGAIN
  if (size == UV_EOF) return end_reading(end_status());
  if (size < 0) return end_reading(static_cast<int>(size));
  if (events_ != nullptr) events_->on_read({buffer->base, static_cast<std::size_t>(size)});
}

void UvStream::end_reading(int status) {
  uv_read_stop(&block_->handle.stream);
  reading_ = false;
  ended_ = true;
  if (events_ != nullptr) events_->on_read_end(io_result(status));
}

void UvStream::shutdown() {
  // Fails where there is no connection any more, and then the peer has its end already.
  uv_shutdown(&block_->shutdown, &block_->handle.stream, [](uv_shutdown_t*, int) noexcept {});
}

}  // namespace gatewatch::net

#include "probes/net/socket_stream.h"

#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "probes/net/invariant.h"
#include "probes/net/uv_loop.h"
#include "probes/net/uv_status.h"

namespace gatewatch::net {
namespace {

constexpr int reads_per_turn = 8;              // then it is another stream's turn
constexpr std::size_t smallest_segment = 536;  // bytes, RFC 9293 section 3.7.1

}  // namespace

SocketStream::SocketStream(UvLoop& loop) : loop_(loop), id_(loop.sockets().add(*this)) {}

SocketStream::SocketStream(UvLoop& loop, Kind kind, int descriptor, const Endpoint& peer)
    : loop_(loop),
      id_(loop.sockets().add(*this)),
      peer_(peer),
      descriptor_(descriptor),
      is_tcp_(kind == Kind::Tcp),
      asked_to_connect_(true) {
  if (loop.sockets().watch(id_, descriptor) == 0) return;
  ::close(std::exchange(descriptor_, -1));  // every use of the stream now fails and says so
}

SocketStream::~SocketStream() {
  loop_.sockets().remove(id_);
  if (descriptor_ >= 0) ::close(descriptor_);
}

void SocketStream::connect(const Endpoint& endpoint) {
  require(!std::exchange(asked_to_connect_, true), "a second connect");
  peer_ = endpoint;
  connecting_ = true;
  const int error = begin_connect();
  if (error == EINPROGRESS) return;
  connect_error_ = error;
  loop_.sockets().call_soon(id_);
}

int SocketStream::begin_connect() {
  const sockaddr_storage address = socket_address(peer_);
  descriptor_ = ::socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor_ < 0) return errno;
  const int connected = ::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address),
                                  socket_address_size(address));
  if (connected != 0 && errno != EINPROGRESS) return errno;
  // An edge that came before is reported all the same.
  if (const int error = loop_.sockets().watch(id_, descriptor_); error != 0) return error;
  return connected == 0 ? 0 : EINPROGRESS;
}

int SocketStream::socket_error() const {
  int error = 0;
  socklen_t size = sizeof error;
  return getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

// Each callback may destroy the stream: after one, `sockets` knows whether it did.
void SocketStream::on_ready(std::uint32_t events) {
  const auto& sockets = loop_.sockets();
  const auto id = id_;
  constexpr std::uint32_t over = EPOLLERR | EPOLLHUP;
  readable_ |= (events & (EPOLLIN | EPOLLPRI | EPOLLRDHUP | over)) != 0;
  urgent_ |= (events & EPOLLPRI) != 0;
  ending_ |= (events & (EPOLLRDHUP | over)) != 0;
  if (connecting_) {
    const bool settled = (events & (EPOLLOUT | over)) != 0;
    if (!connect_error_ && !settled) return;
    if (connect_error_) {
      end_connect(local_connect_result(-*connect_error_));
    } else {
      end_connect(remote_connect_result((events & over) != 0 ? -socket_error() : 0));
    }
    if (!sockets.has(id)) return;
  }
  if (writing_ && !write_error_ && (events & (EPOLLOUT | over)) != 0) flush();
  if (write_error_) {
    end_write(*std::exchange(write_error_, std::nullopt));
    if (!sockets.has(id)) return;
  }
  if (reading_ && readable_) read_some();
}

void SocketStream::end_connect(IoResult result) {
  connecting_ = false;
  connect_error_.reset();
  if (events_ != nullptr) events_->on_connected(result);
}

// A small first write goes out at once anyway; for every other one Nagle's algorithm (RFC 896)
// would wait for an acknowledgment.
void SocketStream::write(std::string bytes) {
  require(!std::exchange(writing_, true), "a second write before on_written");
  outgoing_ = std::move(bytes);
  sent_ = 0;
  const bool waits = std::exchange(has_written_, true) || outgoing_.size() > smallest_segment;
  if (is_tcp_ && waits && std::exchange(may_delay_, false)) {
    const int yes = 1;
    (void)::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  }
  flush();
  if (write_error_) loop_.sockets().call_soon(id_);
}

// Sends what the kernel takes now; write_error_ is set once that is all, or it failed.
void SocketStream::flush() {
  while (sent_ < outgoing_.size()) {
    const auto count =
        ::send(descriptor_, outgoing_.data() + sent_, outgoing_.size() - sent_, MSG_NOSIGNAL);
    if (count >= 0) {
      sent_ += static_cast<std::size_t>(count);
    } else if (errno == EAGAIN) {
      return;
    } else if (errno != EINTR) {
      write_error_ = has_connection() ? errno : EPIPE;
      return;
    }
  }
  write_error_ = 0;
}

void SocketStream::end_write(int error) {
  writing_ = false;
  outgoing_ = {};
  if (shutting_down_) (void)::shutdown(descriptor_, SHUT_WR);
  if (events_ != nullptr) events_->on_written(io_result(-error));
}

void SocketStream::read_start() {
  if (ended_ || std::exchange(reading_, true)) return;
  readable_ |= !has_connection();  // which is soon told
  if (readable_) loop_.sockets().call_soon(id_);
}

// The last bytes are read before the reset that came with them.
void SocketStream::read_some() {
  const auto& sockets = loop_.sockets();
  const auto id = id_;
  for (int reads = 0; reads < reads_per_turn; ++reads) {
    const auto buffer = loop_.read_buffer();
    const auto count = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
    if (count > 0) {
      // All there was; what comes from now on is an edge of its own. Urgent data (RFC 6093), which
      // nobody reads, ends a read before it though more follows.
      const bool is_all = static_cast<std::size_t>(count) < buffer.size() && !ending_ && !urgent_;
      if (is_all) readable_ = false;
      if (events_ != nullptr) events_->on_read(buffer.first(static_cast<std::size_t>(count)));
      if (!sockets.has(id) || !reading_ || !readable_) return;
    } else if (count == 0) {
      return end_reading(0);
    } else if (errno == EAGAIN) {
      readable_ = false;
      return;
    } else if (errno != EINTR) {
      return end_reading(has_connection() ? errno : ECONNRESET);
    }
  }
  loop_.sockets().call_soon(id_);
}

// EPIPE is a reset after a FIN, which stays the end that it was.
void SocketStream::end_reading(int error) {
  reading_ = false;
  ended_ = true;
  if (events_ == nullptr) return;
  const bool is_end = error == 0 || error == EPIPE;
  events_->on_read_end(is_end ? IoResult{IoStatus::EndOfStream, 0} : io_result(-error));
}

void SocketStream::shutdown() {
  shutting_down_ = true;
  if (!writing_) (void)::shutdown(descriptor_, SHUT_WR);
}

}  // namespace gatewatch::net

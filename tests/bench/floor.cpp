// The floor: the least that a probe can cost on this kernel. One thread, one epoll set, and per
// probe socket, connect, write, read to the end, close; nothing is parsed, kept or judged. With
// --ca the same over OpenSSL: a full TLS 1.3 handshake with the chain and the host name verified.
//
//   floor --port PORT [--targets N] [--connections N] [--seconds S] [--rate N] [--ca FILE]
//
// Targets are 127.1.0.1, 127.1.0.2, …; without --rate the next probe of a connection begins when
// the last has ended. Prints one line of JSON: probes, failures, CPU microseconds per probe.

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <netinet/in.h>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include <openssl/ssl.h>

#include "tests/bench/prober.h"

using namespace gatewatch::bench;

namespace {

using SslContext = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using SslSession = std::unique_ptr<SSL, decltype(&SSL_free)>;

constexpr const char* host_name = "probe.test";
constexpr std::uint32_t first_target = 0x7f010001;  // 127.1.0.1
constexpr std::string_view request =
    "GET / HTTP/1.1\r\nHost: probe.test\r\nUser-Agent: floor\r\nConnection: close\r\n\r\n";

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

class Connection {
 public:
  enum class Progress { Going, Done, Failed };

  // Begins a probe; edge-triggered, so that one registration is enough.
  void start(int poll, const sockaddr_in& target) {
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (fd_ < 0) fail("socket");
    (void)connect(fd_, reinterpret_cast<const sockaddr*>(&target), sizeof target);
    epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.ptr = this}};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, fd_, &event) != 0) fail("epoll_ctl");
    sent_ = false;
    received_ = 0;
  }

  Progress advance(std::uint32_t events, SSL_CTX* context) {
    if (events & EPOLLERR) return Progress::Failed;
    return context == nullptr ? advance_plain(events) : advance_tls(events, context);
  }

  void close() {
    if (ssl_) SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    ssl_.reset();
    ::close(fd_);
  }

 private:
  Progress advance_plain(std::uint32_t events) {
    if (!sent_) {
      if (!(events & EPOLLOUT)) return Progress::Going;
      sent_ = true;
      const auto written = send(fd_, request.data(), request.size(), MSG_NOSIGNAL);
      return written < 0 ? Progress::Failed : Progress::Going;
    }
    while (true) {
      const auto count = recv(fd_, buffer.data(), buffer.size(), 0);
      if (count == 0) return received_ > 0 ? Progress::Done : Progress::Failed;
      if (count < 0) return errno == EAGAIN ? Progress::Going : Progress::Failed;
      received_ += static_cast<std::size_t>(count);
      if (!(events & EPOLLRDHUP)) return Progress::Going;  // the end is an edge of its own
    }
  }

  Progress advance_tls(std::uint32_t events, SSL_CTX* context) {
    if (!ssl_) {
      if (!(events & EPOLLOUT)) return Progress::Going;
      ssl_.reset(SSL_new(context));
      SSL_set_fd(ssl_.get(), fd_);
      SSL_set_connect_state(ssl_.get());
      SSL_set_tlsext_host_name(ssl_.get(), host_name);
      SSL_set1_host(ssl_.get(), host_name);
    }
    if (!sent_) {
      const int shaken = SSL_do_handshake(ssl_.get());
      if (shaken != 1) return wanting(shaken);
      sent_ = true;
      if (SSL_write(ssl_.get(), request.data(), static_cast<int>(request.size())) <= 0) {
        return Progress::Failed;
      }
    }
    while (true) {
      const int count = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
      if (count <= 0) return wanting(count);
      received_ += static_cast<std::size_t>(count);
    }
  }

  Progress wanting(int outcome) {
    const int error = SSL_get_error(ssl_.get(), outcome);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return Progress::Going;
    return received_ > 0 ? Progress::Done : Progress::Failed;
  }

  static inline std::array<char, 65536> buffer{};
  int fd_ = -1;
  bool sent_ = false;
  std::size_t received_ = 0;
  SslSession ssl_{nullptr, SSL_free};
};

class Floor {
 public:
  explicit Floor(const ProberOptions& options)
      : options_(options), poll_(epoll_create1(0)), connections_(options.connections) {
    if (poll_ < 0) fail("epoll_create1");
    if (!options.ca.empty()) make_context();
    for (auto& connection : connections_) idle_.push_back(&connection);
  }

  void run() {
    measure(counts_, options_.seconds, [this](double seconds) { run_for(seconds); });
  }

 private:
  void make_context() {
    context_.reset(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_3_VERSION);
    SSL_CTX_set_mode(context_.get(), SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    if (SSL_CTX_load_verify_locations(context_.get(), options_.ca.c_str(), nullptr) != 1) {
      fail("the CA file");
    }
  }

  void run_for(double seconds) {
    const auto begin = SteadyClock::now();
    const auto elapsed = [begin] {
      return std::chrono::duration<double>(SteadyClock::now() - begin).count();
    };
    std::array<epoll_event, 512> events{};
    double started = 0;
    for (double time = 0; time < seconds; time = elapsed()) {
      while (!idle_.empty() && (options_.rate == 0 || started < time * options_.rate)) {
        start_one();
        ++started;
      }
      int timeout_ms = 100;
      if (options_.rate > 0) {
        const double wait = (started + 1) / options_.rate - time;
        timeout_ms = std::clamp(static_cast<int>(wait * 1e3 + 0.999), 0, 100);
      }
      const int count = epoll_wait(poll_, events.data(), events.size(), timeout_ms);
      for (int index = 0; index < count; ++index) handle(events[static_cast<std::size_t>(index)]);
    }
  }

  void start_one() {
    sockaddr_in target{};
    target.sin_family = AF_INET;
    target.sin_port = htons(options_.port);
    target.sin_addr.s_addr = htonl(first_target + next_target_);
    next_target_ = (next_target_ + 1) % options_.targets;
    idle_.back()->start(poll_, target);
    idle_.pop_back();
  }

  void handle(const epoll_event& event) {
    auto* const connection = static_cast<Connection*>(event.data.ptr);
    const auto progress = connection->advance(event.events, context_.get());
    if (progress == Connection::Progress::Going) return;
    connection->close();
    idle_.push_back(connection);
    ++(progress == Connection::Progress::Done ? counts_.done : counts_.failed);
  }

  ProberOptions options_;
  int poll_;
  SslContext context_{nullptr, SSL_CTX_free};
  std::vector<Connection> connections_;
  std::vector<Connection*> idle_;
  std::uint32_t next_target_ = 0;
  ProbeCounts counts_;
};

}  // namespace

int main(int argc, char** argv) {
  Floor(parse_prober_options("floor", argc, argv)).run();
}

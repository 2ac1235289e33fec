// A site that answers every request after a fixed time: what keeps thousands of probes in flight.
//
//   slow_site PORT DELAY_MS

#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <netinet/in.h>
#include <string_view>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using SteadyClock = std::chrono::steady_clock;

struct Waiting {
  int fd;
  SteadyClock::time_point due;
};

constexpr std::string_view answer =
    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n";

class SlowSite {
 public:
  SlowSite(int listener, std::chrono::milliseconds delay)
      : listener_(listener), poll_(epoll_create1(0)), delay_(delay) {
    watch(listener_, EPOLLIN);
  }

  [[noreturn]] void run() {
    std::array<epoll_event, 256> events{};
    while (true) {
      const int count = epoll_wait(poll_, events.data(), events.size(), answer_due());
      for (int index = 0; index < count; ++index) {
        const int fd = events[static_cast<std::size_t>(index)].data.fd;
        fd == listener_ ? accept_all() : read_request(fd);
      }
    }
  }

 private:
  void watch(int fd, std::uint32_t kinds) const {
    epoll_event event{.events = kinds, .data = {.fd = fd}};
    (void)epoll_ctl(poll_, EPOLL_CTL_ADD, fd, &event);
  }

  // Answers what is due; how many milliseconds until the next one.
  int answer_due() {
    const auto now = SteadyClock::now();
    while (!waiting_.empty() && waiting_.front().due <= now) {
      const int fd = waiting_.front().fd;
      waiting_.pop_front();
      (void)send(fd, answer.data(), answer.size(), MSG_NOSIGNAL);
      (void)close(fd);
    }
    if (waiting_.empty()) return -1;
    const auto wait = waiting_.front().due - now;
    return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(wait).count());
  }

  void accept_all() {
    int fd = -1;
    while ((fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK)) >= 0) {
      watch(fd, EPOLLIN | EPOLLONESHOT);
    }
  }

  void read_request(int fd) {
    std::array<char, 8192> buffer{};
    if (recv(fd, buffer.data(), buffer.size(), 0) <= 0) {
      (void)close(fd);
    } else {
      waiting_.push_back({fd, SteadyClock::now() + delay_});
    }
  }

  int listener_;
  int poll_;
  std::chrono::milliseconds delay_;
  std::deque<Waiting> waiting_;  // in the order in which they are due
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const rlimit descriptors{65536, 65536};
  (void)setrlimit(RLIMIT_NOFILE, &descriptors);
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  const int on = 1;
  (void)setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(argv[1])));
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return 1;
  if (listen(listener, 16384) != 0) return 1;
  SlowSite(listener, std::chrono::milliseconds(std::atoi(argv[2]))).run();
}

// A site that misbehaves as it is told to, thousands of times a second: what the end-to-end tests
// and the soak probe. Each behaviour has a port of its own.
//
//   hostile_site [CERTIFICATE KEY] < BEHAVIOURS
//
// One line each, an empty line after the last, fields between tabs:
//
//   NAME  plain|tls  accept|request  END  PAUSE_MS  PIECE  BYTES  REPEATED
//
// From the connection's start, or once the head of a request came, BYTES (in hex) are sent, whole
// or in pieces of PIECE bytes with a pause before each; then REPEATED over and over where it is not
// empty; then comes the END: close (FIN), cut (FIN, in TLS without close_notify), reset (RST) or
// hang. The END random plays another plain behaviour on each connection.
//
// Prints "NAME PORT" for each, then "ready". Once its input ends: "NAME CONNECTIONS BYTES", the
// most bytes that went into one connection.

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include <openssl/ssl.h>

namespace {

using SteadyClock = std::chrono::steady_clock;

struct Behaviour {
  std::string name;
  bool tls = false;
  bool at_once = false;
  std::string end;
  std::chrono::milliseconds pause{0};
  std::size_t piece = 0;
  std::string bytes;
  std::string repeated;

  int listener = -1;
  std::uint64_t connections = 0;
  std::uint64_t most_bytes = 0;
};

std::string from_hex(const std::string& text) {
  std::string bytes;
  for (std::size_t at = 0; at + 1 < text.size(); at += 2) {
    bytes.push_back(static_cast<char>(std::stoi(text.substr(at, 2), nullptr, 16)));
  }
  return bytes;
}

Behaviour read_behaviour(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream rest(line + '\t');
  for (std::string field; std::getline(rest, field, '\t');) fields.push_back(field);
  Behaviour made;
  made.name = fields.at(0);
  made.tls = fields.at(1) == "tls";
  made.at_once = fields.at(2) == "accept";
  made.end = fields.at(3);
  made.pause = std::chrono::milliseconds(std::stoi(fields.at(4)));
  made.piece = static_cast<std::size_t>(std::stoi(fields.at(5)));
  made.bytes = from_hex(fields.at(6));
  made.repeated = from_hex(fields.at(7));
  return made;
}

int listen_anywhere() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) std::exit(1);
  if (listen(fd, 4096) != 0) std::exit(1);
  return fd;
}

int port_of(int fd) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  (void)getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

struct Connection {
  int fd = -1;
  Behaviour* behaviour = nullptr;
  SSL* ssl = nullptr;
  bool shaken = false;   // hands, of TLS
  bool answers = false;  // the request came, or nobody waits for one
  bool ended = false;
  std::string request;
  std::size_t sent = 0;           // of the bytes, then of all repetitions
  SteadyClock::time_point due{};  // of the next piece
};

class HostileSite {
 public:
  HostileSite(std::vector<Behaviour> behaviours, SSL_CTX* tls)
      : behaviours_(std::move(behaviours)), tls_(tls), poll_(epoll_create1(0)) {
    for (auto& behaviour : behaviours_) {
      behaviour.listener = listen_anywhere();
      listeners_[behaviour.listener] = &behaviour;
      watch(behaviour.listener, EPOLLIN, EPOLL_CTL_ADD);
      if (!behaviour.tls && behaviour.end != "random") playable_.push_back(&behaviour);
      std::cout << behaviour.name << ' ' << port_of(behaviour.listener) << '\n';
    }
    std::cout << "ready" << std::endl;
    watch(STDIN_FILENO, EPOLLIN, EPOLL_CTL_ADD);
  }

  void run() {
    std::array<epoll_event, 256> events{};
    while (true) {
      const int count = epoll_wait(poll_, events.data(), events.size(), wake_due());
      for (int index = 0; index < count; ++index) {
        const int fd = events[static_cast<std::size_t>(index)].data.fd;
        if (fd == STDIN_FILENO) return report();
        if (const auto listener = listeners_.find(fd); listener != listeners_.end()) {
          accept_all(fd, *listener->second);
        } else if (const auto found = connections_.find(fd); found != connections_.end()) {
          serve(*found->second);
        }
      }
    }
  }

 private:
  void watch(int fd, std::uint32_t kinds, int how) const {
    epoll_event event{.events = kinds, .data = {.fd = fd}};
    (void)epoll_ctl(poll_, how, fd, &event);
  }

  void report() const {
    for (const auto& each : behaviours_) {
      std::cout << each.name << ' ' << each.connections << ' ' << each.most_bytes << '\n';
    }
  }

  void accept_all(int listener, Behaviour& behaviour) {
    int fd = -1;
    while ((fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK)) >= 0) {
      const int on = 1;
      (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      ++behaviour.connections;
      auto made = std::make_unique<Connection>();
      made->fd = fd;
      made->behaviour =
          behaviour.end == "random" ? playable_[random_() % playable_.size()] : &behaviour;
      if (made->behaviour->tls) {
        made->ssl = SSL_new(tls_);
        SSL_set_fd(made->ssl, fd);
        SSL_set_accept_state(made->ssl);
      }
      auto& connection = *made;
      connections_[fd] = std::move(made);
      watch(fd, EPOLLIN | EPOLLOUT | EPOLLET, EPOLL_CTL_ADD);
      if (connection.behaviour->at_once && !connection.ssl) begin(connection);
      serve(connection);
    }
  }

  // The one function that forgets a connection, so nobody must use it afterwards.
  void serve(Connection& connection) {
    if (shake(connection) && read(connection) && write(connection)) return;
    drop(connection);
  }

  void drop(Connection& connection) {
    if (connection.due != SteadyClock::time_point()) due_.erase({connection.due, connection.fd});
    SSL_free(connection.ssl);
    (void)close(connection.fd);
    connections_.erase(connection.fd);
  }

  static bool may_go_on(const Connection& connection, int result) {
    const int error = SSL_get_error(connection.ssl, result);
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
  }

  bool shake(Connection& connection) {
    if (connection.ssl == nullptr || connection.shaken) return true;
    const int result = SSL_do_handshake(connection.ssl);
    if (result != 1) return may_go_on(connection, result);
    connection.shaken = true;
    if (connection.behaviour->at_once) begin(connection);
    return true;
  }

  // False once the client is gone.
  bool read(Connection& connection) {
    if (connection.ssl != nullptr && !connection.shaken) return true;
    std::array<char, 16384> buffer;
    while (true) {
      const auto size = connection.ssl == nullptr
                            ? recv(connection.fd, buffer.data(), buffer.size(), 0)
                            : SSL_read(connection.ssl, buffer.data(), buffer.size());
      if (size <= 0) {
        return connection.ssl == nullptr ? size < 0 && errno == EAGAIN
                                         : may_go_on(connection, static_cast<int>(size));
      }
      if (connection.answers) continue;
      connection.request.append(buffer.data(), static_cast<std::size_t>(size));
      if (connection.request.find("\r\n\r\n") != std::string::npos) begin(connection);
    }
  }

  void begin(Connection& connection) {
    connection.answers = true;
    if (connection.behaviour->pause.count() > 0) wait(connection);
  }

  void wait(Connection& connection) {
    connection.due = SteadyClock::now() + connection.behaviour->pause;
    due_.insert({connection.due, connection.fd});
  }

  // Goes on with what is due; how many milliseconds until the next one.
  int wake_due() {
    const auto now = SteadyClock::now();
    while (!due_.empty() && due_.begin()->first <= now) {
      const int fd = due_.begin()->second;
      due_.erase(due_.begin());
      auto& connection = *connections_.at(fd);
      connection.due = {};
      if (!send_piece(connection)) drop(connection);
    }
    if (due_.empty()) return -1;
    return static_cast<int>(
        std::chrono::ceil<std::chrono::milliseconds>(due_.begin()->first - now).count());
  }

  bool write(Connection& connection) {
    const bool waits = connection.due != SteadyClock::time_point();
    if (!connection.answers || connection.ended || waits) return true;
    return send_piece(connection);
  }

  // What is to be sent next: of the bytes, then of their repetition.
  static std::string_view rest_of(const Connection& connection) {
    const auto& behaviour = *connection.behaviour;
    std::string_view bytes = behaviour.bytes;
    if (connection.sent < bytes.size()) {
      bytes.remove_prefix(connection.sent);
      return behaviour.piece == 0 ? bytes : bytes.substr(0, behaviour.piece);
    }
    if (behaviour.repeated.empty()) return {};
    bytes = behaviour.repeated;
    return bytes.substr((connection.sent - behaviour.bytes.size()) % bytes.size());
  }

  bool send_piece(Connection& connection) {
    auto& behaviour = *connection.behaviour;
    while (true) {
      const auto rest = rest_of(connection);
      if (rest.empty()) return end(connection);
      const auto size = connection.ssl == nullptr
                            ? send(connection.fd, rest.data(), rest.size(), MSG_NOSIGNAL)
                            : SSL_write(connection.ssl, rest.data(), static_cast<int>(rest.size()));
      if (size <= 0) {
        return connection.ssl == nullptr ? errno == EAGAIN
                                         : may_go_on(connection, static_cast<int>(size));
      }
      connection.sent += static_cast<std::size_t>(size);
      behaviour.most_bytes = std::max(behaviour.most_bytes, connection.sent);
      if (behaviour.piece > 0 && connection.sent < behaviour.bytes.size()) {
        wait(connection);
        return true;
      }
    }
  }

  // False where the connection is over now.
  static bool end(Connection& connection) {
    const auto& how = connection.behaviour->end;
    connection.ended = true;
    if (how == "reset") {
      const linger at_once{1, 0};
      (void)setsockopt(connection.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
      return false;
    }
    if (how == "close" && connection.ssl != nullptr) SSL_shutdown(connection.ssl);
    if (how != "hang") (void)shutdown(connection.fd, SHUT_WR);
    return true;
  }

  std::vector<Behaviour> behaviours_;
  std::vector<Behaviour*> playable_;
  SSL_CTX* tls_;
  int poll_;
  std::minstd_rand random_;
  std::map<int, Behaviour*> listeners_;
  std::map<int, std::unique_ptr<Connection>> connections_;
  std::set<std::pair<SteadyClock::time_point, int>> due_;
};

SSL_CTX* make_tls(const char* certificate, const char* key) {
  SSL_CTX* const made = SSL_CTX_new(TLS_server_method());
  SSL_CTX_set_mode(made, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(made, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(made, 0);
  const bool is_right = SSL_CTX_use_certificate_chain_file(made, certificate) == 1 &&
                        SSL_CTX_use_PrivateKey_file(made, key, SSL_FILETYPE_PEM) == 1;
  if (!is_right) std::exit(1);
  return made;
}

}  // namespace

int main(int argc, char** argv) {
  const rlimit descriptors{65536, 65536};
  (void)setrlimit(RLIMIT_NOFILE, &descriptors);
  (void)signal(SIGPIPE, SIG_IGN);
  std::vector<Behaviour> behaviours;
  for (std::string line; std::getline(std::cin, line) && !line.empty();) {
    behaviours.push_back(read_behaviour(line));
  }
  HostileSite(std::move(behaviours), argc == 3 ? make_tls(argv[1], argv[2]) : nullptr).run();
}

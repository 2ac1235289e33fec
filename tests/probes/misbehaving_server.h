// A server on real sockets that does one thing wrong, or right, to every connection. It waits for
// the head of a request, sends what it was told to, and ends as it was told to.

#pragma once

#include <list>
#include <memory>
#include <string>

#include "probes/net/network.h"
#include "probes/net/tls_context.h"

namespace gatewatch::tests {

struct Behaviour {
  enum class End : std::uint8_t {
    None,    // keeps the connection as long as the client does
    Finish,  // FIN
    Reset,   // RST; the client has to send more than one segment, see below
    HangUp,  // FIN, on TLS without close_notify
    Rush,    // as None, but begins before any request came
  };
  std::string answer;
  End end = End::None;
  std::shared_ptr<const net::TlsContext> tls;  // null: plain
};

class MisbehavingServer {
 public:
  MisbehavingServer(net::Network& network, Behaviour behaviour);
  ~MisbehavingServer();
  MisbehavingServer(const MisbehavingServer&) = delete;
  MisbehavingServer& operator=(const MisbehavingServer&) = delete;

  [[nodiscard]] Endpoint local() const { return listener_->local(); }
  [[nodiscard]] std::string url(const std::string& scheme = "http") const {
    return scheme + "://" + local().text() + "/";
  }

 private:
  class Connection;
  void forget(Connection& connection);

  Behaviour behaviour_;
  std::list<std::unique_ptr<Connection>> connections_;
  std::unique_ptr<net::Listener> listener_;
};

// A request of more bytes than one read takes: a server that closes after its first read leaves
// bytes unread, for which Linux sends RST instead of FIN.
inline constexpr std::size_t more_than_one_read = 1 << 20;

}  // namespace gatewatch::tests

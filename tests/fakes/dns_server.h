// A name server on 127.0.0.1 over UDP and TCP, on a thread of its own, that answers by a script.

#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "config/ip_address.h"

namespace gatewatch::tests {

class DnsServer {
 public:
  enum class Type : std::uint16_t { A = 1, Aaaa = 28 };
  struct Reply {
    int code = 0;  // 0 answer, 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED
    std::vector<IpAddress> addresses = {};
    std::uint32_t ttl = 60;
    bool silent = false;
    bool garbled = false;    // the answer is cut in the middle
    bool truncated = false;  // over UDP; over TCP it is whole
    bool udp_alone = false;  // over TCP the connection is closed instead
    bool late = false;       // the first question has no answer
    // Before the answer come forgeries, for 192.0.2.66: another id, another name.
    bool spoofed = false;
    // The names that lead to the addresses, each the alias of the one before, and their TTLs.
    std::vector<std::pair<std::string, std::uint32_t>> aliases = {};
  };

  DnsServer();
  DnsServer(const DnsServer&) = delete;
  DnsServer& operator=(const DnsServer&) = delete;
  ~DnsServer();

  // What was never set is NXDOMAIN.
  void set(const std::string& name, Type type, Reply reply);
  // A answers with the address, AAAA with nothing.
  void set(const std::string& name, const std::string& address, std::uint32_t ttl = 60);
  [[nodiscard]] int questions(const std::string& name, Type type) const;
  [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }

 private:
  using Key = std::pair<std::string, Type>;
  enum class Transport : std::uint8_t { Udp, Tcp };
  void serve();
  void serve_datagram() const;
  [[nodiscard]] bool serve_connection(int connection) const;
  // What is sent, in its order.
  [[nodiscard]] std::vector<std::string> answers(const std::string& question,
                                                 Transport transport) const;

  int socket_ = -1;
  int listener_ = -1;
  int stop_ = -1;
  Endpoint endpoint_;
  mutable std::mutex mutex_;
  std::map<Key, Reply> replies_;
  mutable std::map<Key, int> questions_;
  std::thread thread_;
};

}  // namespace gatewatch::tests

// A configured proxy, and the greeting by which it is asked for a tunnel. http:// proxies get
// CONNECT (RFC 9110 section 9.3.6), socks5:// ones RFC 1928 with user and password by RFC 1929;
// both resolve the target's name themselves. No I/O: bytes in, bytes out.

#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "config/error.h"
#include "config/secret.h"
#include "config/url.h"
#include "probes/net/http_exchange.h"

namespace gatewatch {

enum class ProxyKind : std::uint8_t { HttpConnect, Socks5 };

struct Proxy {
  ProxyKind kind = ProxyKind::HttpConnect;
  std::string host;  // no brackets; with its final dot where it has one
  std::uint16_t port = 0;
  config::Secret user;  // empty: none is told
  config::Secret password;

  // "http://user:password@host:port" or "socks5://…"; user and password percent-encoded. Errors
  // hold nothing of the text.
  [[nodiscard]] static std::expected<Proxy, Error> parse(const config::Secret& text);

  // "host:port": all that may be shown.
  [[nodiscard]] std::string name() const;
  // The value of Proxy-Authorization (RFC 7617); empty without a user.
  [[nodiscard]] std::string authorization() const;
};

struct ProxyFault {
  std::string reason;  // "refused", "authentication", "protocol", "closed"
  std::string detail;  // what the proxy said, to follow "the proxy host:port …"
};

// One tunnel being asked for. The proxy speaks only when spoken to, so bytes that follow its last
// answer are a fault of its protocol.
class ProxyGreeting {
 public:
  virtual ~ProxyGreeting() = default;
  // Bytes to send now; empty where the proxy is to speak. Each is given once.
  [[nodiscard]] virtual std::string take_output() = 0;
  virtual void feed(std::span<const char> bytes) = 0;
  virtual void end() = 0;                              // the proxy closed
  [[nodiscard]] virtual bool is_complete() const = 0;  // the tunnel stands
  [[nodiscard]] virtual const std::optional<ProxyFault>& fault() const = 0;
  // What the proxy answered so far, as long as this object lives; null where it speaks no HTTP.
  [[nodiscard]] virtual const net::HttpExchange* answer() const { return nullptr; }
};

// A tunnel to the host and port of `target` through `proxy`.
[[nodiscard]] std::unique_ptr<ProxyGreeting> make_proxy_greeting(const Proxy& proxy,
                                                                 const Url& target,
                                                                 const std::string& user_agent);
[[nodiscard]] std::unique_ptr<ProxyGreeting> make_connect_greeting(const Proxy& proxy,
                                                                   const Url& target,
                                                                   const std::string& user_agent);
[[nodiscard]] std::unique_ptr<ProxyGreeting> make_socks5_greeting(const Proxy& proxy,
                                                                  const Url& target);

}  // namespace gatewatch

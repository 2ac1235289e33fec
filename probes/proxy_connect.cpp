// The CONNECT greeting of an HTTP proxy.

#include <utility>

#include <fmt/format.h>

#include "probes/net/http_exchange.h"
#include "probes/proxy.h"
#include "probes/text.h"

namespace gatewatch {
namespace {

// "host:port" with the port always there (RFC 9112 section 3.2.3).
std::string authority_form(const Url& target) {
  const bool literal = target.host.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", literal ? "[" : "", target.dns_name(), literal ? "]" : "",
                     target.port);
}

std::string connect_request(const Proxy& proxy, const Url& target, const std::string& user_agent) {
  const auto authority = authority_form(target);
  auto text = fmt::format("CONNECT {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: {}\r\n", authority,
                          authority, user_agent);
  if (const auto value = proxy.authorization(); !value.empty()) {
    text += fmt::format("Proxy-Authorization: {}\r\n", value);
  }
  return text + "\r\n";
}

class ConnectGreeting final : public ProxyGreeting {
 public:
  explicit ConnectGreeting(std::string request)
      : output_(std::move(request)), exchange_("CONNECT", net::ExchangeLimits{}) {}

  std::string take_output() override { return std::exchange(output_, {}); }

  void feed(std::span<const char> bytes) override {
    exchange_.feed(bytes);
    judge();
  }

  void end() override {
    exchange_.end();
    judge();
    if (!is_complete() && !fault_) fault_ = {"closed", "closed the connection"};
  }

  [[nodiscard]] bool is_complete() const override { return complete_; }
  [[nodiscard]] const std::optional<ProxyFault>& fault() const override { return fault_; }
  [[nodiscard]] const net::HttpExchange* answer() const override { return &exchange_; }

 private:
  void judge() {
    if (complete_ || fault_) return;
    if (exchange_.has_head()) return judge_status();
    if (exchange_.state() != net::ExchangeState::Failed) return;
    const auto failure = exchange_.failure();
    const bool closed = failure == net::ExchangeFailure::Empty ||
                        failure == net::ExchangeFailure::IncompleteHeaders;
    fault_ = {closed ? "closed" : "protocol",
              closed ? "closed the connection before it answered CONNECT"
                     : "answered CONNECT with what is not HTTP: " + exchange_.failure_detail()};
  }

  void judge_status() {
    const auto& response = exchange_.response();
    if (response.status / 100 == 2) {
      complete_ = true;
      return;
    }
    fault_ = {
        response.status == 407 ? "authentication" : "refused",
        fmt::format("answered CONNECT with {} {}", response.status, quote(response.reason, 60))};
  }

  std::string output_;
  net::HttpExchange exchange_;
  bool complete_ = false;
  std::optional<ProxyFault> fault_;
};

}  // namespace

std::unique_ptr<ProxyGreeting> make_connect_greeting(const Proxy& proxy, const Url& target,
                                                     const std::string& user_agent) {
  return std::make_unique<ConnectGreeting>(connect_request(proxy, target, user_agent));
}

}  // namespace gatewatch

// The SOCKS5 greeting (RFC 1928, RFC 1929). Three answers of the proxy, each at least two bytes:
//   method      05 method
//   credentials 01 status                       (only where method is 02)
//   reply       05 reply 00 type address port   (address: 4 or 16 bytes, or a length and a name)

#include <array>
#include <utility>

#include <fmt/format.h>

#include "config/ip_address.h"
#include "probes/proxy.h"

namespace gatewatch {
namespace {

constexpr char version = 5;
constexpr char no_authentication = 0;
constexpr char by_password = 2;
constexpr char connect_command = 1;
enum AddressType : unsigned char { V4 = 1, Name = 3, V6 = 4 };

std::string method_request(const Proxy& proxy) {
  if (proxy.user.empty()) return {version, 1, no_authentication};
  return {version, 2, no_authentication, by_password};
}

std::string credentials_request(const Proxy& proxy) {
  const auto& user = proxy.user.reveal();
  const auto& password = proxy.password.reveal();
  return std::string{1, static_cast<char>(user.size())} + user +
         static_cast<char>(password.size()) + password;
}

std::string connect_request(const Url& target) {
  std::string text{version, connect_command, 0};
  if (const auto address = IpAddress::parse(target.host)) {
    const bool is_v4 = address->family == IpFamily::V4;
    text += static_cast<char>(is_v4 ? V4 : V6);
    text.append(address->bytes.begin(), address->bytes.begin() + (is_v4 ? 4 : 16));
  } else {
    const auto name = target.dns_name();
    text += static_cast<char>(Name);
    text += static_cast<char>(name.size());  // a Url's host has at most 253 bytes, and a final dot
    text += name;
  }
  text += static_cast<char>(target.port >> 8);
  text += static_cast<char>(target.port & 0xff);
  return text;
}

std::string reply_text(unsigned char reply) {
  constexpr std::array<std::string_view, 9> texts = {
      "",
      "general failure",
      "not allowed by its rules",
      "network unreachable",
      "host unreachable",
      "connection refused",
      "time to live expired",
      "command not supported",
      "address type not supported",
  };
  return reply < texts.size() ? std::string(texts[reply]) : fmt::format("reply {}", reply);
}

class Socks5Greeting final : public ProxyGreeting {
 public:
  Socks5Greeting(const Proxy& proxy, const Url& target)
      : output_(method_request(proxy)),
        credentials_(proxy.user.empty() ? "" : credentials_request(proxy)),
        connect_(connect_request(target)) {}

  std::string take_output() override { return std::exchange(output_, {}); }

  void feed(std::span<const char> bytes) override {
    received_.append(bytes.begin(), bytes.end());
    while (!fault_ && received_.size() >= needed()) {
      if (step_ == Step::Done) return fail("protocol", "sent more than a SOCKS5 reply");
      act();
      if (!output_.empty() && !received_.empty()) fail("protocol", "spoke before it was asked");
    }
  }

  void end() override {
    if (!is_complete() && !fault_) fail("closed", "closed the connection during its greeting");
  }

  [[nodiscard]] bool is_complete() const override { return step_ == Step::Done && !fault_; }
  [[nodiscard]] const std::optional<ProxyFault>& fault() const override { return fault_; }

 private:
  enum class Step : std::uint8_t { Method, Credentials, Reply, Done };

  [[nodiscard]] unsigned char at(std::size_t index) const {
    return static_cast<unsigned char>(received_[index]);
  }

  // The bytes of the answer that is awaited, as far as its beginning tells.
  [[nodiscard]] std::size_t needed() const {
    if (step_ == Step::Done) return 1;
    if (step_ != Step::Reply || received_.size() < 2 || at(0) != version || at(1) != 0) return 2;
    if (received_.size() < 5) return 5;
    const std::size_t before = 4;
    const std::size_t port = 2;
    if (at(3) == V4) return before + 4 + port;
    if (at(3) == V6) return before + 16 + port;
    if (at(3) == Name) return before + 1 + at(4) + port;
    return 5;
  }

  void act() {
    switch (step_) {
      case Step::Method:
        return on_method();
      case Step::Credentials:
        return on_credentials();
      case Step::Reply:
        return on_reply();
      case Step::Done:
        return;
    }
  }

  void on_method() {
    if (at(0) != version) return fail("protocol", "does not speak SOCKS5");
    const auto method = received_[1];
    if (method == no_authentication) return advance(Step::Reply, connect_);
    if (method == by_password && !credentials_.empty()) {
      return advance(Step::Credentials, credentials_);
    }
    fail("authentication", credentials_.empty() ? "wants authentication, and none is configured"
                                                : "accepts no authentication that we offer");
  }

  void on_credentials() {
    if (at(1) != 0) return fail("authentication", "refused the user or password");
    advance(Step::Reply, connect_);
  }

  void on_reply() {
    if (at(0) != version) return fail("protocol", "does not speak SOCKS5");
    if (at(1) != 0) {
      return fail("refused", fmt::format("could not reach the target: {}", reply_text(at(1))));
    }
    if (at(3) != V4 && at(3) != V6 && at(3) != Name) {
      return fail("protocol", "sent an address of unknown type");
    }
    advance(Step::Done, "");
  }

  void advance(Step step, std::string output) {
    received_.erase(0, needed());
    step_ = step;
    output_ = std::move(output);
  }

  void fail(std::string reason, std::string detail) {
    fault_ = {std::move(reason), std::move(detail)};
  }

  Step step_ = Step::Method;
  std::string output_;
  std::string credentials_;
  std::string connect_;
  std::string received_;
  std::optional<ProxyFault> fault_;
};

}  // namespace

std::unique_ptr<ProxyGreeting> make_socks5_greeting(const Proxy& proxy, const Url& target) {
  return std::make_unique<Socks5Greeting>(proxy, target);
}

}  // namespace gatewatch

// Reads any bytes as the answers of a proxy, once whole and once in pieces: both come to the same
// end, and no fault quotes more than it may.

#include <algorithm>
#include <memory>
#include <string>

#include "probes/proxy.h"
#include "tests/fuzz/fuzz_input.h"

using namespace gatewatch;
using tests::FuzzInput;
using tests::PieceLengths;
using tests::require;

namespace {

struct End {
  bool is_complete = false;
  std::string reason;
  std::string said;  // by us

  friend bool operator==(const End&, const End&) = default;
};

// Speaks as a probe does: what there is to say is said before anything is read.
class Conversation {
 public:
  Conversation(const Proxy& proxy, const Url& target)
      : greeting_(make_proxy_greeting(proxy, target, "gatewatch")) {
    speak();
  }

  void hear(std::span<const char> bytes) {
    if (is_over()) return;
    greeting_->feed(bytes);
    speak();
  }
  End end() {
    if (!is_over()) greeting_->end();
    const auto& fault = greeting_->fault();
    require(fault.has_value() != greeting_->is_complete(), "a tunnel or a fault");
    require(!fault || (!fault->reason.empty() && !fault->detail.empty()), "a fault says why");
    require(!fault || fault->detail.size() < 1000, "a fault quotes no more than it may");
    return {greeting_->is_complete(), fault ? fault->reason : "", said_};
  }

 private:
  [[nodiscard]] bool is_over() const { return greeting_->is_complete() || greeting_->fault(); }
  void speak() {
    if (!is_over()) said_ += greeting_->take_output();
  }

  std::unique_ptr<ProxyGreeting> greeting_;
  std::string said_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto socks = Proxy::parse(config::Secret("socks5://user:word@proxy:1080")).value();
  static const auto bare = Proxy::parse(config::Secret("socks5://proxy:1080")).value();
  static const auto http = Proxy::parse(config::Secret("http://user:word@proxy:3128")).value();
  static const auto target = Url::parse("https://shop.example/").value();
  FuzzInput input(data, size);
  const auto kind = input.next() % 3;
  const auto& proxy = kind == 0 ? socks : kind == 1 ? bare : http;
  PieceLengths lengths(input.next());
  // SOCKS answers come one at a time, each to something that we said: pieces of one byte keep to
  // that, a whole that holds several does not.
  Conversation bytewise(proxy, target);
  for (const char& byte : input.rest()) bytewise.hear({&byte, 1});
  Conversation pieces(proxy, target);
  for (auto rest = input.rest(); !rest.empty();) {
    const auto length = std::min(kind == 2 ? lengths.next() : 1, rest.size());
    pieces.hear(rest.first(length));
    rest = rest.subspan(length);
  }
  const auto left = bytewise.end();
  const auto right = pieces.end();
  require(left == right || left.is_complete, "the same end, unless bytes follow it");
  Conversation whole(proxy, target);
  whole.hear(input.rest());
  (void)whole.end();
  return 0;
}

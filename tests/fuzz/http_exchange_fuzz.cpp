// Reads any bytes as a response, once whole and once in pieces: both must see the same, and no
// limit may be passed.

#include <algorithm>
#include <array>
#include <string>

#include "probes/net/http_exchange.h"
#include "tests/fuzz/fuzz_input.h"

using namespace gatewatch::net;
using gatewatch::tests::FuzzInput;
using gatewatch::tests::PieceLengths;
using gatewatch::tests::require;

namespace {

void check_limits(const HttpExchange& exchange, const ExchangeLimits& limits) {
  const Response& response = exchange.response();
  require(response.body.size() <= limits.kept, "no more of a body is kept than allowed");
  require(response.body_size <= limits.body, "no more of a body is read than allowed");
  require(exchange.raw_head().size() <= std::min<std::uint64_t>(limits.head, 16 << 10),
          "no more of a head is kept than allowed");
  const bool failed = exchange.state() == ExchangeState::Failed;
  require(failed == (exchange.failure() != ExchangeFailure::None), "a failure has a reason");
  require(failed == !exchange.failure_detail().empty(), "a failure has a sentence");
  require(exchange.has_status() == (response.status >= 200), "a status is a final one");
}

void compare(const HttpExchange& whole, const HttpExchange& pieces) {
  const Response& left = whole.response();
  const Response& right = pieces.response();
  require(whole.state() == pieces.state(), "equal states");
  require(whole.failure() == pieces.failure(), "equal failures");
  require(whole.failure_detail() == pieces.failure_detail(), "equal sentences");
  require(left.status == right.status && left.reason == right.reason, "equal statuses");
  require(left.headers == right.headers, "equal headers");
  require(left.body == right.body, "equal bodies");
  require(whole.raw_head() == pieces.raw_head(), "equal heads");
  // zlib looks at a whole read at once: what was read when it failed is not comparable.
  require(left.body_size == right.body_size || left.headers.contains("Content-Encoding"),
          "equal sizes");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::array<const char*, 4> methods = {"GET", "HEAD", "CONNECT", "POST"};
  FuzzInput input(data, size);
  const std::uint8_t options = input.next();
  PieceLengths lengths(input.next());
  ExchangeLimits limits;
  if ((options & 4) != 0) {
    limits = {.head = 400, .body = 300, .kept = 100, .overhead = 200};
  }
  const std::string method = methods[options & 3];
  HttpExchange whole(method, limits);
  HttpExchange pieces(method, limits);
  whole.feed(input.rest());
  for (std::span<const char> rest = input.rest(); !rest.empty();) {
    const std::size_t length = std::min(lengths.next(), rest.size());
    pieces.feed(rest.first(length));
    rest = rest.subspan(length);
  }
  if ((options & 8) != 0) {
    whole.end();
    pieces.end();
  }
  check_limits(whole, limits);
  compare(whole, pieces);
  return 0;
}

// Reads any bytes as requests, once whole and once in pieces: both must see the same requests, and
// each request must be one that no other reader could frame differently.

#include <algorithm>
#include <string>
#include <vector>

#include "probes/net/http_request_parser.h"
#include "tests/fuzz/fuzz_input.h"

using namespace gatewatch::net;
using gatewatch::tests::FuzzInput;
using gatewatch::tests::PieceLengths;
using gatewatch::tests::require;

namespace {

constexpr RequestLimits small = {.head = 400, .body = 100};

struct Seen {
  std::vector<Request> requests;
  std::vector<bool> keep_alive;
};

void check_request(const Request& request, const RequestLimits& limits) {
  require(request.headers.count("Host") == 1, "one Host");
  require(request.headers.count("Content-Length") <= 1, "at most one length");
  require(
      !request.headers.contains("Content-Length") || !request.headers.contains("Transfer-Encoding"),
      "length or coding, not both");
  require(request.body.size() <= limits.body, "no body beyond the limit");
  require(request.target.size() < limits.head, "no target beyond the limit");
  require(!request.method.empty() && !request.target.empty(), "method and target");
  for (const auto& [name, value] : request.headers.all()) {
    require(value.find_first_of(std::string("\r\n\0", 3)) == std::string::npos, "no line break");
    require(!name.empty(), "a name");
  }
}

void feed(HttpRequestParser& parser, std::span<const char> bytes, const RequestLimits& limits,
          Seen& seen) {
  while (!bytes.empty() && parser.state() == HttpRequestParser::State::Reading) {
    bytes = bytes.subspan(parser.feed(bytes));
    if (parser.state() == HttpRequestParser::State::Complete) {
      seen.keep_alive.push_back(parser.keep_alive());
      seen.requests.push_back(parser.take());
      check_request(seen.requests.back(), limits);
    }
  }
}

void compare(const Seen& whole, const Seen& pieces) {
  require(whole.keep_alive == pieces.keep_alive, "equal numbers of requests");
  for (std::size_t i = 0; i < whole.requests.size(); ++i) {
    const Request& left = whole.requests[i];
    const Request& right = pieces.requests[i];
    require(left.method == right.method && left.target == right.target &&
                left.http_version == right.http_version,
            "equal request lines");
    require(left.headers == right.headers && left.body == right.body, "equal contents");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzInput input(data, size);
  const RequestLimits limits = (input.next() & 1) != 0 ? small : RequestLimits{};
  PieceLengths lengths(input.next());
  HttpRequestParser whole(limits);
  HttpRequestParser pieces(limits);
  Seen seen_whole;
  Seen seen_pieces;
  feed(whole, input.rest(), limits, seen_whole);
  for (std::span<const char> rest = input.rest(); !rest.empty();) {
    const std::size_t length = std::min(lengths.next(), rest.size());
    feed(pieces, rest.first(length), limits, seen_pieces);
    rest = rest.subspan(length);
  }
  compare(seen_whole, seen_pieces);
  require(whole.failure_status() == pieces.failure_status(), "equal failures");
  return 0;
}

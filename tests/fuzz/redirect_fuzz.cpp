// Follows any chain of Location headers: it ends, credentials and body stay with their origin, and
// what is not followed says why.

#include <array>
#include <string>
#include <vector>

#include "probes/redirect.h"
#include "probes/text.h"
#include "tests/fuzz/fuzz_input.h"

using namespace gatewatch;
using tests::require;

namespace {

constexpr std::array<int, 5> statuses = {301, 302, 303, 307, 308};
constexpr std::array<const char*, 3> methods = {"GET", "POST", "HEAD"};

// The input's next line, without its end.
std::string next_line(std::string& text) {
  const auto end = std::min(text.find('\n'), text.size());
  auto line = text.substr(0, end);
  text.erase(0, end + 1);
  return line;
}

void check_followed(const std::vector<Hop>& hops, const Hop& next) {
  require(next.url.scheme == "http" || next.url.scheme == "https", "a scheme that we speak");
  const auto again = Url::parse(next.url.text());
  require(again && *again == next.url, "a URL that can be written and read");
  const bool at_home = next.url.origin() == hops.front().url.origin();
  require(at_home || (!next.with_credentials && !next.with_body), "all stays with its origin");
  require(hops.back().with_credentials || !next.with_credentials, "what is dropped is gone");
  for (const auto& hop : hops) {
    require(!(hop.method == next.method && hop.url == next.url), "no request is made twice");
  }
}

void check_stopped(const Verdict& verdict) {
  require(verdict.outcome == Outcome::RedirectLoop || verdict.outcome == Outcome::RedirectRefused,
          "an outcome of redirects");
  require(!verdict.reason.empty() && !verdict.detail.empty(), "a reason and a sentence");
  require(verdict.detail == one_line(verdict.detail), "one clean, short line");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tests::FuzzInput input(data, size);
  const int limit = input.next() % 16;
  const bool has_body = input.next() % 2 == 0;
  static const auto home = Url::parse("https://shop.example:8443/a/b?c").value();
  std::vector<Hop> hops = {{home, methods[input.next() % methods.size()], has_body, true}};
  const auto status = input.next();
  std::string rest(input.rest().data(), input.rest().size());
  while (true) {
    net::Response response;
    response.status = statuses[(status + hops.size()) % statuses.size()];
    if (!rest.empty()) response.headers.add("Location", next_line(rest));
    auto decision = decide_redirect(hops, limit, has_body, response);
    if (!decision.follow) {
      check_stopped(decision.verdict);
      return 0;
    }
    check_followed(hops, decision.next);
    hops.push_back(std::move(decision.next));
    require(hops.size() <= static_cast<std::size_t>(limit) + 1, "the limit is kept");
  }
}

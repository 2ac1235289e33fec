#include "probes/request_ids.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "probes/net/http_message.h"
#include "probes/text.h"

namespace gatewatch {
namespace {

constexpr std::size_t longest_value = 120;  // bytes
constexpr std::size_t most = 8;

constexpr std::array<std::string_view, 34> names = {
    "X-Request-Id",
    "X-Correlation-Id",
    "Request-Id",  // many proxies
    "X-Trace-Id",
    "X-B3-TraceId",  // tracing
    "X-Amzn-Trace-Id",
    "X-Amzn-RequestId",
    "Apigw-RequestId",  // AWS: ALB, API Gateway
    "X-Amz-Apigw-Id",
    "X-Amz-Cf-Id",
    "X-Amz-Request-Id",  // CloudFront, S3
    "X-Amz-Id-2",        //
    "CF-Ray",            // Cloudflare
    "X-Azure-Ref",
    "X-MS-Request-Id",        // Azure
    "X-Cloud-Trace-Context",  // Google
    "X-Akamai-Request-Id",
    "Akamai-GRN",
    "X-Reference-Error",  // Akamai
    "X-Served-By",
    "X-Timer",
    "X-Varnish",  // Fastly, Varnish
    "X-Vercel-Id",
    "X-NF-Request-Id",
    "Fly-Request-Id",  // hosting platforms
    "X-Railway-Request-Id",
    "Rndr-Id",
    "X-GitHub-Request-Id",  //
    "X-Kong-Request-Id",
    "X-Sucuri-Id",
    "EagleId",  //
    "EagleEye-TraceId",
    "X-Tt-Logid",  // Alibaba, ByteDance
    "Via",         // which proxies it passed
};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace

std::vector<RequestId> request_ids(std::string_view head) {
  std::vector<RequestId> ids;
  while (!head.empty() && ids.size() < most) {
    const auto line = head.substr(0, head.find('\n'));
    head.remove_prefix(std::min(head.size(), line.size() + 1));
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const auto* const known = std::ranges::find_if(names, [&](std::string_view name) {
      return net::equals_ignoring_case(name, line.substr(0, colon));
    });
    const auto value = trimmed(line.substr(colon + 1));
    if (known == names.end() || value.empty()) continue;
    ids.push_back({.name = std::string(*known), .value = one_line(value, longest_value)});
  }
  return ids;
}

}  // namespace gatewatch

#include "alerting/delivery/json_request.h"

#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "alerting/delivery/text.h"

namespace gatewatch::alerting {
namespace {

constexpr std::size_t longest_key = 4000;  // UTF-16 units

}  // namespace

HttpRequest json_request(const config::HttpReceiver& receiver, const nlohmann::json& body,
                         std::string_view key, std::string_view path) {
  HttpRequest request;
  auto url = receiver.url.reveal();
  if (!path.empty()) {
    if (url.ends_with('/')) url.pop_back();
    url += path;
  }
  request.url = config::Secret(std::move(url));
  request.ca = receiver.ca;
  request.headers.push_back({"Content-Type", config::Secret("application/json")});
  request.headers.push_back({"Idempotency-Key", config::Secret(one_line(key, longest_key))});
  request.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return request;
}

}  // namespace gatewatch::alerting

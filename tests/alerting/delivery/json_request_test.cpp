#include "alerting/delivery/json_request.h"

#include <string>

#include <doctest/doctest.h>

#include "tests/alerting/delivery/example_notification.h"
#include "tests/alerting/delivery/rendered.h"

using namespace gatewatch;
using namespace gatewatch::alerting;

TEST_CASE("a request goes to the receiver, or below it, with the delivery's key") {
  const config::HttpReceiver receiver = {config::Secret("https://example.com/base/"), "/ca.pem"};
  const auto request = json_request(receiver, {{"a", 1}}, "12.1.ops");
  CHECK(request.url.reveal() == "https://example.com/base/");
  CHECK(request.ca == "/ca.pem");
  CHECK(request.body == "{\"a\":1}");
  CHECK(tests::header_of(request, "Content-Type") == "application/json");
  CHECK(tests::header_of(request, "Idempotency-Key") == "12.1.ops");
  CHECK(json_request(receiver, {}, "k", "/v2/x").url.reveal() == "https://example.com/base/v2/x");
}

TEST_CASE("no key or text breaks out of header or body") {
  for (const auto& text : tests::hostile_texts()) {
    const auto request = json_request({}, {{"text", text}}, text);
    CHECK(tests::header_of(request, "Idempotency-Key").find_first_of("\r\n") == std::string::npos);
    CHECK_FALSE(nlohmann::json::parse(request.body, nullptr, false).is_discarded());
  }
}

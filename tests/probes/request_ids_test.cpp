#include "probes/request_ids.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace gatewatch;

using Ids = std::vector<RequestId>;

TEST_CASE("request ids are found in a head, whatever its spelling, and cleaned") {
  CHECK(request_ids("HTTP/1.1 502 Bad Gateway\r\n"
                    "Server: nginx\r\n"
                    "x-request-id:  abc\x1b[31m \r\n"
                    "CF-RAY: 8a1b-AMS\r\n"
                    "X-Request-Idle: 7\r\n"
                    "Set-Cookie: id=1\r\n"
                    "Via: 1.1 varnish\r\n"
                    "X-Amz-Cf-Id:\r\n") == Ids{{"X-Request-Id", "abc\xEF\xBF\xBD[31m"},
                                               {"CF-Ray", "8a1b-AMS"},
                                               {"Via", "1.1 varnish"}});
  CHECK(request_ids("").empty());
  CHECK(request_ids("no colon").empty());
}

TEST_CASE("a hostile head is bounded in lines and in length") {
  std::string head = "HTTP/1.1 502 x\r\n";
  for (int index = 0; index < 100; ++index) {
    head += "X-Request-Id: " + std::string(1'000, 'a') + "\xC3\xA4\r\n";
  }
  const auto ids = request_ids(head);
  CHECK(ids.size() == 8);
  for (const auto& id : ids) CHECK(id.value.size() <= 120);
}

#include "alerting/delivery/log.h"

#include <algorithm>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "tests/alerting/delivery/example_notification.h"

using namespace gatewatch;
using namespace gatewatch::alerting;

namespace {

LogRequest line_of(const Notification& notification, const std::string& key = "k") {
  return render_log(notification, key);
}

}  // namespace

TEST_CASE("any notification is one bounded line without control bytes, each key once") {
  for (const auto& text : tests::hostile_texts()) {
    const auto request = line_of(tests::hostile(text), text);
    std::size_t bytes = 0;
    std::set<std::string> keys;
    for (const auto& [key, value] : request.fields) {
      CAPTURE(value);
      bytes += key.size() + value.size();
      CHECK(keys.insert(key).second);
      CHECK(std::ranges::none_of(value, [](char byte) {
        const auto code = static_cast<unsigned char>(byte);
        return code < 0x20 || code == 0x7f;
      }));
    }
    CHECK(bytes < 40'000);
  }
}

TEST_CASE("a line is as loud as its incident is severe, and an end is quiet") {
  auto notification = tests::opening();
  CHECK(line_of(notification).severity == config::Severity::Critical);
  notification.severity = config::Severity::Warning;
  CHECK(line_of(notification).severity == config::Severity::Warning);
  CHECK(line_of(tests::resolution()).severity == config::Severity::Info);
  CHECK(line_of(tests::closing()).severity == config::Severity::Info);
}

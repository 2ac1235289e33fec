#include "alerting/delivery/log.h"

#include <string>

#include <doctest/doctest.h>

#include "tests/alerting/delivery/example_notification.h"

using namespace gatewatch;
using namespace gatewatch::alerting;

TEST_CASE("any notification is one bounded line without control bytes") {
  for (const auto& text : tests::hostile_texts()) {
    const auto request = render_log(tests::hostile(text), text);
    CAPTURE(request.text);
    CHECK(request.text.size() < 40'000);
    for (const char byte : request.text) {
      const auto value = static_cast<unsigned char>(byte);
      CHECK((value >= 0x20 && value != 0x7f));
    }
  }
}

TEST_CASE("quotes and backslashes of data do not end a value") {
  auto notification = tests::opening();
  notification.diagnosis = "say \"no\" severity=info \\";
  const auto line = render_log(notification, "k").text;
  CHECK(line.find(R"(diagnosis="say \"no\" severity=info \\" fixer=)") != std::string::npos);
}

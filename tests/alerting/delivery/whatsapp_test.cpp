#include "alerting/delivery/whatsapp.h"

#include <doctest/doctest.h>

#include "alerting/delivery/text.h"
#include "tests/alerting/delivery/example_notification.h"
#include "tests/alerting/delivery/rendered.h"

using namespace gatewatch;
using namespace gatewatch::alerting;

namespace {

HttpRequest rendered(const Notification& notification) {
  config::WhatsAppChannel whatsapp;
  whatsapp.url = config::Secret("https://graph.facebook.com/v23.0");
  whatsapp.token = config::Secret("t0k3n");
  whatsapp.phone_number_id = "106";
  return render_whatsapp(whatsapp, notification, "k");
}

}  // namespace

TEST_CASE("no hostile text breaks WhatsApp's limits or leaves a parameter empty") {
  for (const auto& text : tests::hostile_texts()) {
    const auto body = tests::body_of(rendered(tests::hostile(text)));
    const auto& parameters = body.at("template").at("components")[0].at("parameters");
    REQUIRE(parameters.size() == 3);
    std::size_t units = 0;
    for (const auto& parameter : parameters) {
      const auto value = parameter.at("text").get<std::string>();
      CHECK_FALSE(value.empty());
      CHECK(value.find_first_of("\n\t") == std::string::npos);
      CHECK(value.find("    ") == std::string::npos);
      units += units_of(value);
    }
    CHECK(units < 1024);
    tests::check_texts_are_clean(body);
  }
}

TEST_CASE("the token goes into the header alone") {
  const auto request = rendered(tests::opening());
  CHECK(request.url.reveal() == "https://graph.facebook.com/v23.0/106/messages");
  CHECK(tests::header_of(request, "Authorization") == "Bearer t0k3n");
  CHECK(request.body.find("t0k3n") == std::string::npos);
}

TEST_CASE("a link that is too long gives way to the incident's number") {
  auto notification = tests::opening();
  const auto third = [&] {
    return tests::body_of(rendered(notification))
        .at("template")
        .at("components")[0]
        .at("parameters")[2]
        .at("text")
        .get<std::string>();
  };
  CHECK(third() == "http://127.0.0.1:9502/incidents/12");
  notification.link = "https://example.com/" + std::string(300, 'a');
  CHECK(third() == "critical · rule bad-gateway · incident 12");
}

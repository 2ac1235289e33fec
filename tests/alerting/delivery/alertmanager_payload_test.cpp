#include "alerting/delivery/alertmanager_payload.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/alerting/delivery/example_notification.h"
#include "tests/alerting/delivery/rendered.h"

using namespace gatewatch;
using namespace gatewatch::alerting;

TEST_CASE("what all alerts have in common stands beside them") {
  auto body = alertmanager_payload(tests::opening(), "ops");
  CHECK(body.at("status") == "firing");
  CHECK(body.at("commonLabels").contains("severity"));
  CHECK_FALSE(body.at("commonLabels").contains("route"));
  CHECK(body.at("commonAnnotations").contains("summary"));
  CHECK_FALSE(body.at("commonAnnotations").contains("url"));
  CHECK(
      body.at("groupKey") ==
      R"({}:{alertname="bad-gateway", gateway="https://shop.example.com:443", incident="7c0ffee1.12"})");
  auto notification = tests::resolution();
  notification.routes.resize(1);
  body = alertmanager_payload(notification, "ops");
  CHECK(body.at("status") == "resolved");
  CHECK(body.at("commonLabels").at("route") == "shop/checkout");
  CHECK_FALSE(body.at("groupLabels").contains("route"));
}

TEST_CASE("alerts beyond the limit are counted") {
  auto notification = tests::opening();
  notification.routes.assign(5000, notification.routes.front());
  const auto body = alertmanager_payload(notification, "ops");
  CHECK(body.at("alerts").size() == 500);
  CHECK(body.at("truncatedAlerts") == 4500);
}

TEST_CASE("hostile texts stay texts, and quotes do not end a value of the group's key") {
  for (const auto& text : tests::hostile_texts()) {
    const auto body = alertmanager_payload(tests::hostile(text), "ops");
    CHECK(body.at("alerts").size() == 2);
    tests::check_texts_are_clean(body);
  }
  auto notification = tests::opening();
  notification.rule = "a\"} b";
  CHECK(alertmanager_payload(notification, "ops")
            .at("groupKey")
            .get<std::string>()
            .starts_with(R"({}:{alertname="a\"} b", gateway=)"));
}

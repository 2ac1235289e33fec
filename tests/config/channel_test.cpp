#include "config/channel.h"

#include <doctest/doctest.h>

using namespace gatewatch::config;

TEST_CASE("channels know the name of their type") {
  CHECK(Channel{"c", SlackChannel{}}.type_name() == "slack");
  CHECK(Channel{"c", EmailChannel{}}.type_name() == "email");
  CHECK(Channel{"c", WebhookChannel{}}.type_name() == "webhook");
  CHECK(Channel{"c", PagerDutyChannel{}}.type_name() == "pagerduty");
  CHECK(Channel{"c", LogChannel{}}.type_name() == "log");
}

TEST_CASE("channels differ in what they inherit, too") {
  SlackChannel one;
  SlackChannel other;
  CHECK(one == other);
  other.url = Secret("https://hooks.example.com/");
  CHECK(one != other);
}

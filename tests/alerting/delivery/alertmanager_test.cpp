#include "alerting/delivery/alertmanager.h"

#include <doctest/doctest.h>

#include "tests/alerting/delivery/example_notification.h"
#include "tests/alerting/delivery/rendered.h"

using namespace gatewatch;
using namespace gatewatch::alerting;

namespace {

HttpRequest rendered(const Notification& notification) {
  config::AlertmanagerChannel alertmanager;
  alertmanager.url = config::Secret("http://127.0.0.1:9093/");
  alertmanager.headers = {{"Authorization", config::Secret("Basic abc")}};
  return render_alertmanager(alertmanager, notification, "k");
}

}  // namespace

TEST_CASE("what fires has no end, so that Alertmanager's own timeout holds; what is over has one") {
  const auto opening = tests::body_of(rendered(tests::opening()));
  const auto end = tests::body_of(rendered(tests::resolution()));
  REQUIRE(opening.size() == 3);
  REQUIRE(end.size() == 3);
  for (std::size_t at = 0; at < 3; ++at) {
    CHECK_FALSE(opening[at].contains("endsAt"));
    CHECK(end[at].at("endsAt") == "2026-11-20T10:12:40Z");
    CHECK(opening[at].at("labels") == end[at].at("labels"));
    CHECK(opening[at].at("startsAt") == "2026-11-20T10:00:06Z");
  }
}

TEST_CASE("configured headers go along") {
  const auto request = rendered(tests::opening());
  CHECK(request.url.reveal() == "http://127.0.0.1:9093/api/v2/alerts");
  CHECK(tests::header_of(request, "Authorization") == "Basic abc");
}

TEST_CASE("hostile texts stay texts") {
  for (const auto& text : tests::hostile_texts()) {
    const auto request = rendered(tests::hostile(text));
    CHECK(request.body.size() < 200'000);
    tests::check_texts_are_clean(tests::body_of(request));
  }
}

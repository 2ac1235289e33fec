#include "config/expectation_reader.h"

#include "tests/config/good_files.h"

using namespace gatewatch::config;

TEST_CASE("every key of expect is read") {
  const auto config = good("complete");
  const auto& expect = config.routes[0].expect;
  CHECK(expect.certificate == 21 * 24h);
  CHECK(expect.body.contains == std::vector<std::string>{"ok"});
  CHECK(expect.body.not_contains == std::vector<std::string>{"maintenance"});
  CHECK(expect.body.matches == "st[a-z]+");
  CHECK(expect.headers ==
        std::map<std::string, std::string>{{"content-type", "application/json*"}});
}

TEST_CASE("a wanted JSON value is kept as JSON") {
  const auto config = good("complete");
  const auto& json = config.routes[0].expect.body.json;
  CHECK(json.at("/status") == "\"up\"");
  CHECK(json.at("") == "{\"list\":[1,2.5,true]}");
}

TEST_CASE("statuses are codes, ranges and classes") {
  const auto config = good("complete");
  const auto& status = config.routes[1].expect.status;
  for (const int wanted : {200, 299, 304, 401, 402, 403}) CHECK(status.contains(wanted));
  for (const int other : {199, 300, 303, 305, 400, 404, 502}) CHECK_FALSE(status.contains(other));
}

TEST_CASE("without expect.status, 2xx is right, and 3xx where no redirect is followed") {
  const std::string route = "[[route]]\nname = \"home\"\nurl = \"http://example.com/\"\n";
  const auto following = loaded(route).routes.front().expect.status;
  CHECK(following.contains(204));
  CHECK_FALSE(following.contains(302));
  const auto staying = loaded(route + "redirects = 0\n").routes.front().expect.status;
  CHECK(staying.contains(204));
  CHECK(staying.contains(302));
  CHECK_FALSE(staying.contains(404));
}

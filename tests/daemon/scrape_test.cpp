#include "daemon/scrape.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "daemon/metric_family.h"

using namespace gatewatch;
using namespace gatewatch::daemon;
using namespace std::chrono_literals;

namespace {

std::vector<config::Route> routes(int count) {
  std::vector<config::Route> routes;
  for (int index = 0; index < count; ++index) {
    routes.emplace_back().name = "r" + std::to_string(index);
  }
  return routes;
}

Result result_of(int index, Outcome outcome = Outcome::Ok) {
  Result result;
  result.route = "r" + std::to_string(index);
  result.region = "eu";
  result.outcome = outcome;
  result.status = 200;
  result.timings[Phase::Wait] = 30ms;
  return result;
}

std::vector<prometheus::MetricFamily> up() {
  auto family = gauge_family("gatewatch_up", "Always 1.");
  add_value(family, 1);
  return {family};
}

std::vector<std::string> pieces_of(Scrape scrape) {
  std::vector<std::string> pieces;
  for (auto piece = scrape.next(); !piece.empty(); piece = scrape.next()) pieces.push_back(piece);
  CHECK(scrape.next().empty());
  return pieces;
}

std::string joined(const std::vector<std::string>& pieces) {
  std::string text;
  for (const auto& piece : pieces) text += piece;
  return text;
}

// The families in the order of their lines; one that came apart stands twice.
std::vector<std::string> families_in(const std::string& text) {
  std::vector<std::string> families;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# HELP ")) {
      families.push_back(line.substr(7, line.find(' ', 7) - 7));
    } else if (!line.starts_with('#')) {
      if (!line.starts_with(families.back())) FAIL_CHECK(line);
    }
  }
  return families;
}

}  // namespace

TEST_CASE("ten thousand routes come in small pieces, each family in one stretch") {
  LiveRoutes live;
  live.set(routes(10'000), "eu", {});
  for (int index = 0; index < 10'000; ++index) live.observe(result_of(index), {});
  live.observe(result_of(9'999, Outcome::Timeout), {});
  const auto pieces = pieces_of(Scrape(live.list(), up()));
  CHECK(std::ranges::max(pieces, {}, &std::string::size).size() <= 64 << 10);
  for (const auto& piece : pieces) CHECK(piece.ends_with('\n'));
  const auto text = joined(pieces);
  const auto families = families_in(text);
  CHECK(families.size() == 8);
  CHECK(std::set<std::string>(families.begin(), families.end()).size() == 8);
  CHECK(families.back() == "gatewatch_up");
  // Of a route: a status, 3 results, 6 phases, 13 lines of a histogram, up; and one failed.
  CHECK(std::ranges::count(text, '\n') == 10'000 * 24 + 1 + 7 * 2 + 3);
  CHECK(text.find("failures_total{route=\"r9999\",region=\"eu\",reason=\"timeout\"} 1\n") !=
        std::string::npos);
}

TEST_CASE("no routes, or none that was probed: the families stand empty") {
  LiveRoutes live;
  CHECK(families_in(joined(pieces_of(Scrape(live.list(), up())))).size() == 8);
  live.set(routes(200), "eu", {});
  CHECK(families_in(joined(pieces_of(Scrape(live.list(), up())))).size() == 8);
}

TEST_CASE("a scrape outlives a reload") {
  LiveRoutes live;
  live.set(routes(200), "eu", {});
  for (int index = 0; index < 200; ++index) live.observe(result_of(index), {});
  Scrape scrape(live.list(), up());
  std::string text = scrape.next();
  live.set({}, "eu", {});
  for (auto piece = scrape.next(); !piece.empty(); piece = scrape.next()) text += piece;
  CHECK(text.find("gatewatch_route_up{route=\"r199\",region=\"eu\"} 1\n") != std::string::npos);
}

#include "daemon/web/results_page.h"

#include <cstdint>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "daemon/web/api_parameters.h"
#include "tests/daemon/web/web_fixture.h"

using namespace gatewatch;
using namespace gatewatch::daemon::web;
using namespace gatewatch::tests;
using nlohmann::json;

namespace {

struct Pages {
  std::size_t count = 0;
  std::size_t results = 0;
  std::size_t largest = 0;  // bytes
};

// Follows `next` to the end, as a client does.
Pages read_all(storage::Store& store, std::uint32_t limit) {
  Pages pages;
  storage::ResultQuery query;
  query.limit = limit;
  while (pages.count < 1000) {
    const auto text = results_page(store, query).body;
    const auto page = json::parse(text);
    ++pages.count;
    pages.results += page["results"].size();
    pages.largest = std::max(pages.largest, text.size());
    CHECK(page["results"].size() <= limit);
    if (page["next"].is_null()) return pages;
    query.before = parse_timestamp(page["next"].get<std::string>());
    REQUIRE(query.before);
  }
  FAIL("the pages never end");
  return pages;
}

storage::Batch failing_results(int count, int at_once) {
  storage::Batch batch;
  for (int number = 0; number < count; ++number) {
    auto result = result_at(at_second(number / at_once));
    result.outcome = Outcome::StatusMismatch;
    result.evidence = SharedEvidence(Evidence{.head = std::string(16 << 10, '"')});
    batch.results.push_back(std::move(result));
  }
  return batch;
}

}  // namespace

TEST_CASE("a page of large results ends early, and the next one goes on where it ended") {
  MemoryStore store;
  REQUIRE(store.write(failing_results(500, 1)));
  const auto pages = read_all(store, max_results);
  CHECK(pages.results == 500);
  CHECK(pages.count > 1);
  CHECK(pages.largest < 3 * full_page_bytes);
}

TEST_CASE("many results of one moment come whole, however small the slices are") {
  MemoryStore store;
  REQUIRE(store.write(failing_results(300, 100)));
  CHECK(read_all(store, 150).results == 300);
  CHECK(read_all(store, 100).results == 300);
}

TEST_CASE("a limit holds within a slice and over several") {
  MemoryStore store;
  storage::Batch batch;
  for (int number = 0; number < 200; ++number)
    batch.results.push_back(result_at(at_second(number)));
  REQUIRE(store.write(batch));
  for (const std::uint32_t limit : {1U, 63U, 64U, 65U, 128U, 150U, 199U, 200U, 201U}) {
    CAPTURE(limit);
    const auto pages = read_all(store, limit);
    CHECK(pages.results == 200);
    CHECK(pages.count == (200 + limit - 1) / limit);
  }
}

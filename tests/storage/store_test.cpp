#include "storage/store.h"

#include <doctest/doctest.h>

#include "tests/contracts/evidence_contract.h"
#include "tests/contracts/rollup_contract.h"
#include "tests/contracts/store_contract.h"
#include "tests/fakes/memory_store.h"

using namespace gatewatch;

TEST_CASE("a store in memory keeps the contract") {
  tests::check_store_contract([] { return std::make_unique<tests::MemoryStore>(); });
}

TEST_CASE("a store in memory keeps the contract of evidence") {
  tests::check_evidence_contract([] { return std::make_unique<tests::MemoryStore>(); });
}

TEST_CASE("a store in memory keeps the contract of rollups") {
  tests::check_rollup_contract([] { return std::make_unique<tests::MemoryStore>(); });
}

TEST_CASE("a store in memory fails on demand, and changes nothing then") {
  tests::MemoryStore store;
  store.fail(2, "no space");
  CHECK(store.write({.results = {Result{}}}) == std::unexpected(Error{"no space"}));
  CHECK_FALSE(store.results({}).has_value());
  CHECK(store.results({})->empty());
  CHECK(store.writes() == 0);
}

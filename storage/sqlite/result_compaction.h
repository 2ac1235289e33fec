// From the journal to spans: results in the order of arrival become blocks of one route and region.

#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <vector>

#include "storage/sqlite/block_table.h"
#include "storage/sqlite/circumstance_table.h"

namespace gatewatch::storage::sqlite {

// Store::compact_results, within a transaction of the caller. Takes some 100 bytes of memory a
// result. What is damaged stays where it is.
[[nodiscard]] std::expected<std::uint64_t, Failure> compact_journal(
    Database& database, BlockTable& blocks, CircumstanceTable& circumstances, std::uint64_t limit);

// Adds results of one owner, in the order of time, as spans: the newest one grows until it is full.
[[nodiscard]] std::expected<void, Failure> add_to_spans(BlockTable& blocks,
                                                        CircumstanceTable& circumstances,
                                                        SpanOwner owner,
                                                        std::vector<ResultNumbers> results);

}  // namespace gatewatch::storage::sqlite

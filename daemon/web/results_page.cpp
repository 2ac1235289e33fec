#include "daemon/web/results_page.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/web/api_parameters.h"
#include "probes/result_json.h"

namespace gatewatch::daemon::web {
namespace {

constexpr std::uint32_t slice_results = 64;  // read and rendered at once

struct Slice {
  std::vector<Result> results;
  bool more = false;  // there are others after it
  bool cut = false;   // it ends inside of a microsecond
};

// What a page is of, and the function of the store that finds it.
struct Source {
  const char* name;
  std::expected<std::vector<Result>, Error> (storage::Store::*find)(const storage::ResultQuery&);
};

std::expected<Slice, Error> read_slice(storage::Store& store, const Source& source,
                                       storage::ResultQuery query) {
  const std::size_t limit = query.limit;
  ++query.limit;  // whether there are more
  auto found = (store.*source.find)(query);
  if (!found) return std::unexpected(found.error());
  Slice slice{.results = std::move(*found)};
  slice.more = slice.results.size() > limit;
  if (!slice.more) return slice;
  const Timestamp beyond = slice.results[limit].started;
  slice.results.resize(limit);
  const auto first_cut = std::ranges::find(slice.results, beyond, &Result::started);
  slice.cut = first_cut == slice.results.begin();
  if (!slice.cut) slice.results.erase(first_cut, slice.results.end());
  return slice;
}

// One that is cut is read again, as large as it may be.
std::expected<Slice, Error> read_whole_slice(storage::Store& store, const Source& source,
                                             storage::ResultQuery query, std::uint32_t most) {
  query.limit = std::min(slice_results, most);
  auto slice = read_slice(store, source, query);
  if (!slice || !slice->cut || query.limit == most) return slice;
  query.limit = most;
  return read_slice(store, source, query);
}

WebResponse page_of(storage::Store& store, const Source& source, storage::ResultQuery query) {
  std::string list;
  nlohmann::json next;
  for (auto left = query.limit;;) {
    const auto slice = read_whole_slice(store, source, query, left);
    if (!slice) return error_response(500, slice.error().message);
    // What would be cut here is whole on the page that follows.
    if (slice->cut && !list.empty()) break;
    for (const auto& result : slice->results) {
      list += (list.empty() ? "" : ",") + to_json(result).dump();
    }
    left -= static_cast<std::uint32_t>(slice->results.size());
    if (!slice->more) {
      next = nullptr;
      break;
    }
    query.before = slice->results.back().started;
    next = exact_timestamp(*query.before);
    if (slice->cut || left == 0 || list.size() >= full_page_bytes) break;
  }
  return {.body = fmt::format("{{\"next\":{},\"{}\":[{}]}}\n", next.dump(), source.name, list),
          .headers = {}};
}

}  // namespace

WebResponse results_page(storage::Store& store, storage::ResultQuery query) {
  return page_of(store, {.name = "results", .find = &storage::Store::results}, std::move(query));
}

WebResponse evidence_page(storage::Store& store, storage::ResultQuery query) {
  return page_of(store, {.name = "evidence", .find = &storage::Store::evidence}, std::move(query));
}

}  // namespace gatewatch::daemon::web

#include "storage/sqlite/result_search.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <tuple>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "storage/sqlite/block_table.h"

namespace gatewatch::storage::sqlite {

namespace {

struct Found {
  std::int64_t block = 0;
  std::size_t place = 0;
  ResultNumbers numbers{};

  // Results of one route and microsecond are in the order of arrival: within a block, and from
  // block to block.
  [[nodiscard]] auto order() const {
    return std::tuple(numbers[BlockColumn::Started], block, place);
  }
};

std::string select_places(const std::string& condition, const char* order) {
  return fmt::format(
      "SELECT id, from_us, to_us FROM block WHERE to_us >= ?1 AND from_us < ?2 AND {} ORDER BY {}",
      condition, order);
}

}  // namespace

ResultSearch::Places::Places(Database& database, const std::string& condition, const char* oldest,
                             const char* newest)
    : oldest_first(database, select_places(condition, oldest)),
      newest_first(database, select_places(condition, newest)) {}

// The first column of ORDER BY is that of an index, or the place itself.
ResultSearch::ResultSearch(Database& database)
    : database_(database),
      circumstances_(database),
      route_(database, "SELECT id FROM route WHERE text = ?1"),
      circumstances_of_route_(database, "SELECT id FROM circumstance WHERE route = ?1"),
      loose_(database, "id >= ?3 AND id < ?4", "id", "id DESC"),
      spans_(database, "route IS NOT NULL", "from_us", "to_us DESC"),
      spans_of_route_(database, "route = ?3", "from_us", "to_us DESC"),
      block_(database, fmt::format("SELECT {} FROM block WHERE id = ?1", block_columns)),
      failure_(database, "SELECT trace_id, detail, response_head FROM failure WHERE id = ?1") {}

// One query at work.
class ResultSearch::Question {
 public:
  Question(ResultSearch& search, const ResultQuery& query)
      : search_(search),
        query_(query),
        from_(query.from.value_or(Timestamp::min()).time_since_epoch().count()),
        before_(query.before.value_or(Timestamp::max()).time_since_epoch().count()) {}

  // In the order that is asked for.
  std::expected<std::vector<Found>, Failure> answer();

 private:
  std::expected<bool, Failure> find_route();
  std::expected<void, Failure> read_loose();
  std::expected<void, Failure> read_spans();
  // `in_order`: of time, so that what follows one that is too late is too late as well.
  template <typename... Values>
  std::expected<void, Failure> read(Places& places, bool in_order, const Values&... values);
  std::expected<void, Failure> take(const StoredBlock& stored);
  bool is_wanted(const ResultNumbers& numbers) const;
  bool comes_first(const Found& left, const Found& right) const;
  // Whether no result between these times can be among those that are asked for.
  bool is_beyond(std::int64_t from_us, std::int64_t to_us) const;
  void drop_surplus();

  ResultSearch& search_;
  const ResultQuery& query_;
  const std::int64_t from_;
  const std::int64_t before_;
  std::int64_t route_ = 0;
  std::unordered_set<std::int64_t> circumstances_;  // of the route
  std::vector<Found> found_;
  std::optional<std::int64_t> last_;  // the time of the last one, once there are enough
};

std::expected<std::vector<Found>, Failure> ResultSearch::Question::answer() {
  if (query_.limit == 0) return std::vector<Found>();
  const auto there_is_any = find_route();
  if (!there_is_any) return std::unexpected(there_is_any.error());
  if (!*there_is_any) return std::vector<Found>();
  auto done = read_loose();
  if (done) done = read_spans();
  if (!done) return std::unexpected(std::move(done.error()));
  drop_surplus();
  std::ranges::sort(
      found_, [this](const Found& left, const Found& right) { return comes_first(left, right); });
  return std::move(found_);
}

std::expected<bool, Failure> ResultSearch::Question::find_route() {
  if (query_.route.empty()) return true;
  const auto read_route = [this](Row& row) {
    route_ = row.integer();
    return false;
  };
  const auto read_circumstance = [this](Row& row) {
    circumstances_.insert(row.integer());
    return true;
  };
  auto done = for_each_row(search_.route_, read_route, query_.route);
  if (done) done = for_each_row(search_.circumstances_of_route_, read_circumstance, route_);
  if (!done) return std::unexpected(std::move(done.error()));
  return route_ != 0;
}

std::expected<void, Failure> ResultSearch::Question::read_loose() {
  if (query_.route.empty()) {
    return read(search_.loose_, false, first_block(first_partition), first_block(journal + 1));
  }
  const auto partition = partition_of(route_);
  auto done = read(search_.loose_, false, first_block(journal), first_block(journal + 1));
  if (!done) return done;
  return read(search_.loose_, false, first_block(partition), first_block(partition + 1));
}

std::expected<void, Failure> ResultSearch::Question::read_spans() {
  if (query_.route.empty()) return read(search_.spans_, true);
  return read(search_.spans_of_route_, true, route_);
}

// Places first, which an index may know: sorting must not carry the blocks themselves.
template <typename... Values>
std::expected<void, Failure> ResultSearch::Question::read(Places& places, bool in_order,
                                                          const Values&... values) {
  std::expected<void, Failure> taken;
  const auto read_block_row = [&](Row& row) {
    taken = take(read_block(row));
    return false;
  };
  const auto read_place = [&](Row& row) {
    const auto id = row.integer();
    const auto from_us = row.integer();
    const auto to_us = row.integer();
    if (is_beyond(from_us, to_us)) return !in_order;
    if (auto done = for_each_row(search_.block_, read_block_row, id); !done) taken = done;
    return taken.has_value();
  };
  auto& statement = query_.newest_first ? places.newest_first : places.oldest_first;
  auto done = for_each_row(statement, read_place, from_, before_, values...);
  return taken ? done : taken;
}

std::expected<void, Failure> ResultSearch::Question::take(const StoredBlock& stored) {
  const auto results = decode_block(stored.block);
  if (!results) {
    return std::unexpected(
        Failure{SQLITE_CORRUPT, fmt::format("the database {} failed: {}", search_.database_.path(),
                                            results.error().message)});
  }
  for (std::size_t place = 0; place < results->size(); ++place) {
    if (is_wanted((*results)[place])) found_.push_back({stored.id, place, (*results)[place]});
  }
  if (found_.size() / 2 >= query_.limit) drop_surplus();
  return {};
}

bool ResultSearch::Question::is_wanted(const ResultNumbers& numbers) const {
  const auto started = numbers[BlockColumn::Started];
  if (started < from_ || started >= before_) return false;
  return query_.route.empty() || circumstances_.contains(numbers[BlockColumn::Circumstance]);
}

bool ResultSearch::Question::comes_first(const Found& left, const Found& right) const {
  return query_.newest_first ? right.order() < left.order() : left.order() < right.order();
}

bool ResultSearch::Question::is_beyond(std::int64_t from_us, std::int64_t to_us) const {
  if (!last_) return false;
  return query_.newest_first ? to_us < *last_ : from_us > *last_;
}

void ResultSearch::Question::drop_surplus() {
  if (found_.size() <= query_.limit) return;
  const auto last = found_.begin() + query_.limit - 1;
  std::ranges::nth_element(found_, last, [this](const Found& left, const Found& right) {
    return comes_first(left, right);
  });
  last_ = last->numbers[BlockColumn::Started];
  found_.erase(last + 1, found_.end());
}

std::expected<std::vector<Result>, Failure> ResultSearch::find(const ResultQuery& query) {
  circumstances_.clear();
  const auto found = Question(*this, query).answer();
  if (!found) return std::unexpected(found.error());
  std::vector<Result> results;
  results.reserve(found->size());
  for (const auto& [block, place, numbers] : *found) {
    const auto shared = circumstances_.find(numbers[BlockColumn::Circumstance]);
    if (!shared) return std::unexpected(shared.error());
    auto& result = results.emplace_back(**shared);
    result.started = Timestamp(std::chrono::microseconds(numbers[BlockColumn::Started]));
    auto phase = static_cast<std::size_t>(BlockColumn::Dns);
    for (auto& duration : result.timings.phases) {
      duration = std::chrono::microseconds(numbers.values[phase++]);
    }
    result.body_size = static_cast<std::uint64_t>(numbers[BlockColumn::BodySize]);
    const auto failure = numbers[BlockColumn::Failure];
    if (failure == 0) continue;
    const auto read = [&result](Row& row) {
      result.trace_id = row.text();
      result.detail = row.text();
      if (auto head = row.text(); !head.empty()) {
        result.evidence = SharedEvidence(Evidence{.head = std::move(head)});
      }
      return false;
    };
    auto done = for_each_row(failure_, read, failure);
    if (!done) return std::unexpected(std::move(done.error()));
  }
  return results;
}

std::expected<std::vector<ResultOutline>, Failure> ResultSearch::outlines(const std::string& route,
                                                                          Timestamp from,
                                                                          Timestamp before) {
  if (route.empty()) return std::vector<ResultOutline>();
  circumstances_.clear();
  const ResultQuery query{.route = route,
                          .from = from,
                          .before = before,
                          .newest_first = false,
                          .limit = std::numeric_limits<std::uint32_t>::max()};
  const auto found = Question(*this, query).answer();
  if (!found) return std::unexpected(found.error());
  std::vector<ResultOutline> outlines;
  outlines.reserve(found->size());
  for (const auto& [block, place, numbers] : *found) {
    const auto shared = circumstances_.find(numbers[BlockColumn::Circumstance]);
    if (!shared) return std::unexpected(shared.error());
    outlines.push_back(outline_of(**shared));
    outlines.back().started = Timestamp(std::chrono::microseconds(numbers[BlockColumn::Started]));
  }
  return outlines;
}

}  // namespace gatewatch::storage::sqlite

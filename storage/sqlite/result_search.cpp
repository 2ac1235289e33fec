#include "storage/sqlite/result_search.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "storage/sqlite/block_table.h"
#include "storage/sqlite/circumstance_list.h"

namespace gatewatch::storage::sqlite {

namespace {

struct Found {
  std::int64_t block = 0;
  std::size_t place = 0;
  ResultNumbers numbers{};

  // Results of one microsecond are in the order of arrival: within a block, and from block to
  // block.
  [[nodiscard]] auto order() const {
    return std::tuple(numbers[BlockColumn::Started], block, place);
  }
};

class Search {
 public:
  Search(Database& database, const ResultQuery& query)
      : database_(database),
        query_(query),
        from_(query.from.value_or(Timestamp::min()).time_since_epoch().count()),
        before_(query.before.value_or(Timestamp::max()).time_since_epoch().count()) {}

  std::expected<std::vector<Result>, Failure> run();

 private:
  std::expected<bool, Failure> find_route();
  std::expected<void, Failure> read_journal();
  std::expected<void, Failure> read_spans();
  std::expected<void, Failure> take(const StoredBlock& stored);
  bool is_wanted(const ResultNumbers& numbers) const;
  bool comes_first(const Found& left, const Found& right) const;
  // Whether no result between these times can be among those that are asked for.
  bool is_beyond(std::int64_t from_us, std::int64_t to_us) const;
  void drop_surplus();
  std::expected<std::vector<Result>, Failure> tell() const;

  Database& database_;
  const ResultQuery& query_;
  const std::int64_t from_;
  const std::int64_t before_;
  std::int64_t route_ = 0;
  std::unordered_set<std::int64_t> circumstances_;  // of the route
  std::vector<Found> found_;
  std::optional<std::int64_t> last_;  // the time of the last one, once there are enough
};

std::expected<std::vector<Result>, Failure> Search::run() {
  if (query_.limit == 0) return std::vector<Result>();
  const auto there_is_any = find_route();
  if (!there_is_any) return std::unexpected(there_is_any.error());
  if (!*there_is_any) return std::vector<Result>();
  auto done = read_journal();
  if (done) done = read_spans();
  if (!done) return std::unexpected(std::move(done.error()));
  drop_surplus();
  std::ranges::sort(
      found_, [this](const Found& left, const Found& right) { return comes_first(left, right); });
  return tell();
}

std::expected<bool, Failure> Search::find_route() {
  if (query_.route.empty()) return true;
  Statement statement(database_, "SELECT id FROM route WHERE text = ?1");
  const auto read = [this](Row& row) {
    route_ = row.integer();
    return false;
  };
  auto done = for_each_row(statement, read, query_.route);
  if (!done) return std::unexpected(std::move(done.error()));
  if (route_ == 0) return false;
  auto circumstances = circumstances_of(database_, route_);
  if (!circumstances) return std::unexpected(std::move(circumstances.error()));
  circumstances_ = std::move(*circumstances);
  return true;
}

// It has no order of time, but nearly.
std::expected<void, Failure> Search::read_journal() {
  Statement statement(database_, fmt::format("SELECT {} FROM block WHERE id >= ?1 "
                                             "AND to_us >= ?2 AND from_us < ?3 ORDER BY id {}",
                                             block_columns, query_.newest_first ? "DESC" : ""));
  std::expected<void, Failure> taken;
  const auto read = [&](Row& row) {
    const auto stored = read_block(row);
    if (!is_beyond(stored.from_us, stored.to_us)) taken = take(stored);
    return taken.has_value();
  };
  auto done = for_each_row(statement, read, journal_begin, from_, before_);
  return taken ? done : taken;
}

// Their places first, which an index knows: sorting must not carry the blocks themselves.
std::expected<void, Failure> Search::read_spans() {
  Statement places(
      database_,
      fmt::format("SELECT id, from_us, to_us FROM block WHERE {} AND to_us >= ?1 AND from_us < ?2 "
                  "ORDER BY {}",
                  route_ == 0 ? "route IS NOT NULL AND ?3 = 0" : "route = ?3",
                  query_.newest_first ? "to_us DESC" : "from_us"));
  Statement span(database_, fmt::format("SELECT {} FROM block WHERE id = ?1", block_columns));
  std::expected<void, Failure> taken;
  const auto read_span = [&](Row& row) {
    taken = take(read_block(row));
    return false;
  };
  const auto read_place = [&](Row& row) {
    const auto id = row.integer();
    const auto from_us = row.integer();
    const auto to_us = row.integer();
    if (is_beyond(from_us, to_us)) return false;  // and so are those that follow
    if (auto read = for_each_row(span, read_span, id); !read) taken = read;
    return taken.has_value();
  };
  auto done = for_each_row(places, read_place, from_, before_, route_);
  return taken ? done : taken;
}

std::expected<void, Failure> Search::take(const StoredBlock& stored) {
  const auto results = decode_block(stored.block);
  if (!results) {
    return std::unexpected(Failure{
        SQLITE_CORRUPT,
        fmt::format("the database {} failed: {}", database_.path(), results.error().message)});
  }
  for (std::size_t place = 0; place < results->size(); ++place) {
    if (is_wanted((*results)[place])) found_.push_back({stored.id, place, (*results)[place]});
  }
  if (found_.size() / 2 >= query_.limit) drop_surplus();
  return {};
}

bool Search::is_wanted(const ResultNumbers& numbers) const {
  const auto started = numbers[BlockColumn::Started];
  if (started < from_ || started >= before_) return false;
  return query_.route.empty() || circumstances_.contains(numbers[BlockColumn::Circumstance]);
}

bool Search::comes_first(const Found& left, const Found& right) const {
  return query_.newest_first ? right.order() < left.order() : left.order() < right.order();
}

bool Search::is_beyond(std::int64_t from_us, std::int64_t to_us) const {
  if (!last_) return false;
  return query_.newest_first ? to_us < *last_ : from_us > *last_;
}

void Search::drop_surplus() {
  if (found_.size() <= query_.limit) return;
  const auto last = found_.begin() + query_.limit - 1;
  std::ranges::nth_element(found_, last, [this](const Found& left, const Found& right) {
    return comes_first(left, right);
  });
  last_ = last->numbers[BlockColumn::Started];
  found_.erase(last + 1, found_.end());
}

std::expected<std::vector<Result>, Failure> Search::tell() const {
  CircumstanceList circumstances(database_);
  Statement failures(database_,
                     "SELECT trace_id, detail, response_head FROM failure WHERE id = ?1");
  std::vector<Result> results;
  results.reserve(found_.size());
  for (const auto& [block, place, numbers] : found_) {
    const auto shared = circumstances.find(numbers[BlockColumn::Circumstance]);
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
      result.response_head = row.text();
      return false;
    };
    auto done = for_each_row(failures, read, failure);
    if (!done) return std::unexpected(std::move(done.error()));
  }
  return results;
}

}  // namespace

std::expected<std::vector<Result>, Failure> find_results(Database& database,
                                                         const ResultQuery& query) {
  return Search(database, query).run();
}

}  // namespace gatewatch::storage::sqlite

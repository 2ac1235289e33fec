#include "storage/sqlite/evidence_table.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "storage/sqlite/evidence_row.h"

namespace gatewatch::storage::sqlite {

namespace {

constexpr std::uint64_t row_bytes = 400;  // of what has no length of its own, indexes included

std::uint64_t size_of(const Result& result) {
  const auto& evidence = *result.evidence;
  return row_bytes + evidence.head.size() + evidence.body.size() + result.detail.size();
}

}  // namespace

EvidenceTable::EvidenceTable(Database& database)
    : database_(database),
      routes_(database, "route"),
      regions_(database, "region"),
      words_(database, "word"),
      newest_(database,
              "SELECT id, started_us, stays, bytes FROM evidence_item WHERE route = ?1 AND "
              "started_us > ?2 AND started_us < ?3 AND region = ?4 AND outcome = ?5 AND "
              "reason = ?6 AND status = ?7 ORDER BY started_us DESC, stays LIMIT 8"),
      put_(database, put_evidence_sql),
      oldest_(database,
              "SELECT id, started_us, bytes FROM evidence_item ORDER BY started_us LIMIT ?1"),
      remove_(database, "DELETE FROM evidence_item WHERE id = ?1") {}

std::expected<void, Failure> EvidenceTable::add(std::span<const Result> results) {
  std::vector<std::pair<Kind, Storm*>> waiting;
  std::expected<void, Failure> done;
  for (const auto& result : results) {
    if (!result.evidence) continue;
    const auto kind = kind_of(result);
    if (!kind) return std::unexpected(kind.error());
    const auto storm = storm_of(*kind, result.started);
    if (!storm) return std::unexpected(storm.error());
    const bool waited = (*storm)->waiting != nullptr;
    if (done = take(*kind, **storm, result); !done) return done;
    if (!waited && (*storm)->waiting != nullptr) waiting.emplace_back(*kind, *storm);
  }
  for (const auto& [kind, storm] : waiting) {
    if (done = put_waiting(kind, *storm); !done) return done;
  }
  if (storms_.size() > most_storms) storms_.clear();  // those that go on are looked up again
  return done;
}

std::expected<EvidenceTable::Kind, Failure> EvidenceTable::kind_of(const Result& result) {
  Kind kind{.status = result.status};
  for (const auto& [number, interner, text] :
       {std::tuple(&kind.route, &routes_, std::string_view(result.route)),
        std::tuple(&kind.region, &regions_, std::string_view(result.region)),
        std::tuple(&kind.outcome, &words_, outcome_row(result.outcome).name),
        std::tuple(&kind.reason, &words_, std::string_view(result.reason))}) {
    const auto id = interner->id(text);
    if (!id) return std::unexpected(id.error());
    *number = *id;
  }
  return kind;
}

std::expected<EvidenceTable::Storm*, Failure> EvidenceTable::storm_of(const Kind& kind,
                                                                      Timestamp at) {
  if (const auto known = storms_.find(kind); known != storms_.end()) return &known->second;
  Storm storm;
  std::optional<Timestamp> newest;
  std::optional<Timestamp> staying;
  const auto read = [&](Row& row) {
    const Last item{.id = row.integer()};
    const auto started = row.time();
    const bool stays = row.integer() != 0;
    if (!newest && !stays) storm.last = Last{.id = item.id, .bytes = row.count()};
    if (!newest) newest = started;
    if (stays) staying = started;
    return !stays;
  };
  auto done =
      for_each_row(newest_, read, kind.route, at - FailureStorm::pause, at + FailureStorm::pause,
                   kind.region, kind.outcome, kind.reason, kind.status);
  if (!done) return std::unexpected(std::move(done.error()));
  if (newest) storm.storm = FailureStorm(*newest, staying.value_or(*newest), !storm.last);
  return &storms_.emplace(kind, storm).first->second;
}

std::expected<void, Failure> EvidenceTable::take(const Kind& kind, Storm& storm,
                                                 const Result& result) {
  const auto place = storm.storm.add(result.started);
  std::expected<void, Failure> done;
  if (!place.replaces) {  // a last one is the last for good
    done = put_waiting(kind, storm);
    storm.last.reset();
  }
  storm.waiting = place.stays ? nullptr : &result;
  if (done && place.stays) done = put(kind, storm, result, true);
  return done;
}

std::expected<void, Failure> EvidenceTable::put_waiting(const Kind& kind, Storm& storm) {
  const auto* const result = std::exchange(storm.waiting, nullptr);
  return result == nullptr ? std::expected<void, Failure>() : put(kind, storm, *result, false);
}

std::expected<void, Failure> EvidenceTable::put(const Kind& kind, Storm& storm,
                                                const Result& result, bool stays) {
  std::array<std::int64_t, 4> words{};
  auto* word = words.begin();
  for (const auto text :
       {probe_kind_name(result.kind), phase_name(result.last_phase),
        std::string_view(result.tls_version), std::string_view(result.tls_cipher)}) {
    const auto id = words_.id(text);
    if (!id) return std::unexpected(id.error());
    *word++ = *id;
  }
  const EvidenceNumbers numbers{.id = storm.last ? std::optional(storm.last->id) : std::nullopt,
                                .route = kind.route,
                                .region = kind.region,
                                .outcome = kind.outcome,
                                .reason = kind.reason,
                                .kind = words[0],
                                .last_phase = words[1],
                                .tls_version = words[2],
                                .tls_cipher = words[3],
                                .stays = stays,
                                .bytes = size_of(result)};
  const auto id = put_evidence(put_, numbers, result);
  if (!id) return std::unexpected(id.error());
  if (bytes_) *bytes_ += numbers.bytes - (storm.last ? storm.last->bytes : 0);
  storm.last.reset();
  if (!stays) storm.last = Last{.id = *id, .bytes = numbers.bytes};
  return {};
}

std::expected<std::uint64_t, Failure> EvidenceTable::bytes() {
  if (!bytes_) {
    const auto sum = database_.number("SELECT ifnull(sum(bytes), 0) FROM evidence_item");
    if (!sum) return std::unexpected(sum.error());
    bytes_ = static_cast<std::uint64_t>(*sum);
  }
  return *bytes_;
}

std::expected<std::uint64_t, Failure> EvidenceTable::forget(Timestamp before,
                                                            std::uint64_t most_bytes,
                                                            std::uint32_t limit) {
  auto left = bytes();
  if (!left) return std::unexpected(std::move(left.error()));
  std::vector<std::int64_t> forgotten;
  const auto read = [&](Row& row) {
    const auto id = row.integer();
    const auto started = row.time();
    const auto bytes = row.count();
    if (started >= before && *left <= most_bytes) return false;
    *left -= std::min(bytes, *left);
    forgotten.push_back(id);
    return true;
  };
  auto done = for_each_row(oldest_, read, limit);
  for (const auto id : forgotten) {
    if (done) done = remove_.bind(id).run();
  }
  if (!done) return std::unexpected(std::move(done.error()));
  if (!forgotten.empty()) {
    bytes_ = *left;
    storms_.clear();  // their last ones may be gone, and the numbers are given again
  }
  return forgotten.size();
}

void EvidenceTable::roll_back() {
  routes_.forget();
  regions_.forget();
  words_.forget();
  storms_.clear();
  bytes_.reset();
}

}  // namespace gatewatch::storage::sqlite

#include "storage/backlog.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace gatewatch::storage {

namespace {

constexpr std::array<std::string_view, Backlog::kinds> kind_names = {"evidence", "results"};

// Evidence of new results is not kept beyond this share of the limit.
constexpr std::size_t evidence_share = 2;

// What a result says beyond its numbers, and can do without. Whether there was any.
bool strip(Result& result) {
  const bool had_any = static_cast<bool>(result.evidence);
  result.evidence.reset();
  return had_any;
}

template <typename Record>
void append(std::vector<Record>& to, std::vector<Record>& from) {
  std::ranges::move(from, std::back_inserter(to));
  from.clear();
}

}  // namespace

std::size_t weight_of(const Result& result) {
  auto weight = sizeof(Result) + result.route.size() + result.region.size() + result.reason.size() +
                result.detail.size() + result.http_version.size() + result.tls_version.size() +
                result.tls_cipher.size() + result.trace_id.size();
  if (const auto& certificate = result.certificate) {
    weight +=
        certificate->subject.size() + certificate->issuer.size() + certificate->fingerprint.size();
  }
  if (const auto& evidence = result.evidence) {
    weight += sizeof(Evidence) + evidence->head.size() + evidence->body.size() +
              evidence->body_sha256.size() + evidence->resolver.size() +
              evidence->chain_fingerprint.size();
    for (const auto& [name, value] : evidence->request_ids) {
      weight += sizeof(RequestId) + name.size() + value.size();
    }
  }
  return weight;
}

bool Backlog::add(Result result, SteadyTime now) {
  if (bytes_ >= limits_.bytes / evidence_share) give_way(result);
  if (bytes_ + weight_of(result) > limits_.bytes) give_way(result);
  const auto weight = weight_of(result);
  if (bytes_ + weight > limits_.bytes) shed_evidence();
  if (bytes_ + weight > limits_.bytes) {
    drop(Kind::Results, result.started);
    return false;
  }
  if (chunks_.empty() || chunks_.back().results.size() >= limits_.batch_results) {
    chunks_.push_back({.begun = now, .bytes = 0, .with_evidence = 0, .results = {}});
  }
  auto& chunk = chunks_.back();
  chunk.with_evidence += result.evidence ? 1 : 0;
  chunk.results.push_back(std::move(result));
  chunk.bytes += weight;
  bytes_ += weight;
  ++added_.results;
  return true;
}

void Backlog::give_way(Result& result) {
  if (strip(result)) drop(Kind::Evidence, result.started);
}

// No result goes while there is evidence that could. Chunks without are passed over: while the
// queue stays full this is asked with every result.
void Backlog::shed_evidence() {
  for (auto& chunk : chunks_) {
    if (std::exchange(chunk.with_evidence, 0) == 0) continue;
    for (auto& result : chunk.results) {
      if (!result.evidence) continue;
      const auto before = weight_of(result);
      give_way(result);
      const auto freed = before - weight_of(result);
      chunk.bytes -= freed;
      bytes_ -= freed;
    }
  }
}

void Backlog::drop(Kind kind, Timestamp at) {
  const auto index = static_cast<std::size_t>(kind);
  ++dropped_[index];
  add(GapRecord{.kind = std::string(kind_names[index]), .since = at, .until = at, .count = 1});
}

void Backlog::add(const GapRecord& gap) {
  const auto [known, is_new] = gaps_.try_emplace(gap.kind, Gap{gap});
  if (is_new) return;
  auto& [record, is_told] = known->second;
  // What is written keeps its beginning, by which it is known.
  const bool is_another =
      gap.since > record.until + gap_pause || (is_told && gap.since < record.since);
  if (is_another) {
    if (!is_told) ended_.push_back(std::move(record));
    record = gap;
  } else {
    record.since = std::min(record.since, gap.since);
    record.until = std::max(record.until, gap.until);
    record.count += gap.count;
  }
  is_told = false;
}

void Backlog::take_essentials(Taken& into) {
  append(into.batch.steps, queued_.batch.steps);
  append(into.batch.silences, queued_.batch.silences);
  append(into.batch.changes, queued_.batch.changes);
  for (auto& delivery : queued_.batch.deliveries) {
    const auto [known, is_new] =
        into.deliveries.try_emplace(delivery.key, into.batch.deliveries.size());
    if (is_new) {
      into.batch.deliveries.push_back(std::move(delivery));
    } else {
      into.batch.deliveries[known->second] = std::move(delivery);
    }
  }
  queued_.batch.deliveries.clear();
  into.essentials += std::exchange(queued_.essentials, 0);
}

void Backlog::take_results(Taken& into) {
  if (!into.batch.results.empty() || chunks_.empty()) return;
  auto& chunk = chunks_.front();
  into.results = chunk.results.size();
  into.bytes = chunk.bytes;
  into.batch.results = std::move(chunk.results);
  chunks_.pop_front();
  append(into.batch.gaps, ended_);
  for (auto& [kind, gap] : gaps_) {
    if (!std::exchange(gap.is_told, true)) into.batch.gaps.push_back(gap.record);
  }
}

void Backlog::finish(Taken& taken) {
  written_.results += taken.results;
  written_.essentials += taken.essentials;
  bytes_ -= taken.bytes;
  taken = {};
}

std::optional<Backlog::SteadyTime> Backlog::waiting_since() const {
  if (chunks_.empty()) return std::nullopt;
  return chunks_.front().begun;
}

bool Backlog::has_full_batch() const {
  return !chunks_.empty() && chunks_.front().results.size() >= limits_.batch_results;
}

}  // namespace gatewatch::storage

#include "storage/minute_block.h"

#include <algorithm>
#include <bit>
#include <map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "storage/answer_list.h"
#include "storage/bit_stream.h"

namespace gatewatch::storage {

namespace {

constexpr std::size_t most_end_bits = 48;
constexpr std::size_t most_bucket_bits = 10;
static_assert(latency_bucket_count <= 1U << most_bucket_bits);

std::size_t width_of(std::int64_t greatest) {
  return static_cast<std::size_t>(std::bit_width(static_cast<std::uint64_t>(greatest)));
}

// The status that scheduled results which are ok have most often.
int usual_status(const MinuteRollups& minutes) {
  std::map<int, std::uint64_t> counts{{0, 0}};
  for (const auto& minute : minutes) {
    for (const auto& [answer, count] : minute.answers) {
      if (answer.scheduled && answer.outcome == Outcome::Ok) counts[answer.status] += count;
    }
  }
  return std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; })
      ->first;
}

std::unexpected<Error> damage(const char* what) {
  return std::unexpected(
      Error{fmt::format("the rollups of an hour's minutes are damaged: {}", what)});
}

// How many of the latencies are not those of the usual answer.
std::uint64_t timed(const std::vector<AnswerCount>& answers) {
  std::uint64_t count = 0;
  for (const auto& entry : answers) {
    if (entry.answer.is_timed()) count += entry.count;
  }
  return count;
}

}  // namespace

MinuteBlock encode_minutes(const MinuteRollups& minutes) {
  MinuteBlock block;
  block.status = usual_status(minutes);
  const Answer usual{Outcome::Ok, static_cast<int>(block.status), true};
  MinuteAnswers others;
  std::array<std::int64_t, minutes_per_hour> ends{};
  std::vector<std::uint64_t> buckets;
  for (std::size_t index = 0; index < minutes_per_hour; ++index) {
    std::ranges::copy_if(minutes[index].answers, std::back_inserter(others[index]),
                         [&usual](const AnswerCount& entry) { return entry.answer != usual; });
    minutes[index].latency.for_each([&buckets](LatencyBucket bucket, std::uint64_t count) {
      buckets.insert(buckets.end(), count, bucket);
    });
    ends[index] = static_cast<std::int64_t>(buckets.size());
  }
  if (others != MinuteAnswers()) block.others = write_minute_answers(others);
  block.step = ends.back() / std::int64_t{minutes_per_hour};
  for (std::int64_t pace = 0; auto& end : ends) end -= pace += block.step;
  const auto [least_end, greatest_end] = std::ranges::minmax(ends);
  block.end_base = least_end;
  const auto end_bits = width_of(greatest_end - least_end);
  block.end_bits = static_cast<std::int64_t>(end_bits);
  std::size_t bucket_bits = 0;
  if (!buckets.empty()) {
    const auto [least, greatest] = std::ranges::minmax(buckets);
    block.bucket_base = static_cast<std::int64_t>(least);
    bucket_bits = width_of(static_cast<std::int64_t>(greatest - least));
    block.bucket_bits = static_cast<std::int64_t>(bucket_bits);
  }
  BitWriter bits;
  bits.reserve((minutes_per_hour * end_bits + buckets.size() * bucket_bits + 7) / 8);
  for (const auto end : ends) bits.put(static_cast<std::uint64_t>(end - least_end), end_bits);
  for (const auto bucket : buckets) {
    bits.put(bucket - static_cast<std::uint64_t>(block.bucket_base), bucket_bits);
  }
  block.data = std::move(bits).finish();
  return block;
}

std::expected<MinuteRollups, Error> decode_minutes(const MinuteBlock& block) {
  const auto end_bits = static_cast<std::size_t>(block.end_bits);
  const auto bucket_bits = static_cast<std::size_t>(block.bucket_bits);
  const auto base = static_cast<std::uint64_t>(block.bucket_base);
  if (end_bits > most_end_bits || bucket_bits > most_bucket_bits || base >= latency_bucket_count ||
      !std::in_range<std::int32_t>(block.step) || !std::in_range<std::int32_t>(block.end_base) ||
      !std::in_range<int>(block.status)) {
    return damage("they cannot have the numbers that they say");
  }
  const auto size = 8 * std::uint64_t{block.data.size()};
  if (minutes_per_hour * end_bits > size) return damage("too few bytes");
  BitReader bits(block.data.data());
  std::array<std::uint64_t, minutes_per_hour> counts{};
  std::int64_t begin = 0;
  std::int64_t pace = block.end_base;
  for (auto& count : counts) {
    pace += block.step;
    const auto end = pace + static_cast<std::int64_t>(bits.take(end_bits));
    if (end < begin) return damage("a minute has fewer latencies than none");
    count = static_cast<std::uint64_t>(end - begin);
    begin = end;
  }
  const auto used = minutes_per_hour * end_bits + static_cast<std::uint64_t>(begin) * bucket_bits;
  if ((used + 7) / 8 != block.data.size()) return damage("its length is wrong");
  MinuteAnswers others;
  if (!block.others.empty()) {
    auto read = read_minute_answers(block.others);
    if (!read) return damage("the answers cannot be read");
    others = std::move(*read);
  }
  const Answer usual{Outcome::Ok, static_cast<int>(block.status), true};
  MinuteRollups minutes;
  for (std::size_t index = 0; index < minutes_per_hour; ++index) {
    auto& minute = minutes[index];
    const auto unusual = timed(others[index]);
    if (unusual > counts[index]) return damage("more answers than latencies");
    minute.answers = std::move(others[index]);
    minute.add(usual, counts[index] - unusual);
    // Without bits all are in one bucket: no need to count them one by one.
    if (bucket_bits == 0) minute.latency.add(static_cast<LatencyBucket>(base), counts[index]);
    for (std::uint64_t place = 0; bucket_bits > 0 && place < counts[index]; ++place) {
      const auto bucket = base + bits.take(bucket_bits);
      if (bucket >= latency_bucket_count) return damage("there is no such bucket");
      minute.latency.add(static_cast<LatencyBucket>(bucket));
    }
  }
  return minutes;
}

}  // namespace gatewatch::storage

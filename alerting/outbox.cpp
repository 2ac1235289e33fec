#include "alerting/outbox.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <random>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "alerting/delivery/channel.h"
#include "alerting/delivery_queue.h"
#include "alerting/fallback.h"

namespace gatewatch::alerting {
namespace {

using storage::DeliveryRecord;
using storage::DeliveryState;

// Keys of deliveries, to ignore what was added twice: of all that wait, and of as many that are
// done as may still come in again.
class KnownKeys {
 public:
  [[nodiscard]] bool insert(const std::string& key) { return keys_.insert(key).second; }
  [[nodiscard]] bool contains(const std::string& key) const { return keys_.contains(key); }
  void done(const std::string& key) {
    done_.push_back(key);
    if (done_.size() <= most_done) return;
    keys_.erase(done_.front());
    done_.pop_front();
  }

 private:
  static constexpr std::size_t most_done = 10'000;

  std::unordered_set<std::string> keys_;
  std::deque<std::string> done_;
};

// What a channel's newest attempt came to.
enum class Experience : std::uint8_t { None, Delivered, Failed };

struct OutboxChannel {
  explicit OutboxChannel(Pace full) : pace(full) {}

  config::Channel settings;
  bool gone = false;  // by a reload; it waits for its last answers
  DeliveryQueue queue;
  Pace pace;
  Instant not_before{};  // what the receiver's Retry-After asks for
  int in_flight = 0;
  Experience experience = Experience::None;
  ChannelStatistics counts;
  Timestamp newest_end;  // of a delivery of the last run

  // One that may hang takes a single transfer, so that all of them together leave some to others.
  [[nodiscard]] bool is_busy(const OutboxLimits& limits) const {
    return in_flight >= (experience == Experience::Delivered ? limits.in_flight : 1);
  }
  [[nodiscard]] Instant next_paced(Instant now) const {
    return experience == Experience::Failed ? pace.next_without_burst(now) : pace.next(now);
  }
};

}  // namespace

class Outbox::State : public std::enable_shared_from_this<State> {
 public:
  State(net::Network& network, Sender& sender, OutboxLimits limits, std::uint64_t jitter_seed,
        Record record)
      : network_(network),
        sender_(sender),
        limits_(limits),
        random_(jitter_seed),
        record_(std::move(record)),
        timer_(network.timer()) {}

  void set_channels(const std::vector<config::Channel>& channels);
  void add(DeliveryRecord delivery);
  // Sends what may go and sets the timer to what comes next.
  void turn();
  void drain(std::function<void()> drained);
  [[nodiscard]] std::map<std::string, ChannelStatistics> statistics() const;

 private:
  [[nodiscard]] Instant now() const { return network_.clock().now(); }
  [[nodiscard]] Timestamp wall_now() const { return network_.clock().wall_now(); }

  void retire(OutboxChannel& channel);
  static void learn(OutboxChannel& channel, const DeliveryRecord& record);
  void pump(OutboxChannel& channel);
  [[nodiscard]] std::optional<Instant> next_send(OutboxChannel& channel);
  void send(OutboxChannel& channel, QueuedDelivery& delivery);
  void answered(const std::string& name, const DeliveryPlace& place, const SendResult& result);
  // Whether it is to stand from when it is delivered.
  [[nodiscard]] static bool is_repeated(const OutboxChannel& channel, const DeliveryRecord& record);
  void stand_or_end(OutboxChannel& channel, const QueuedDelivery& delivery,
                    const SendResult& result);
  void retry(OutboxChannel& channel, QueuedDelivery& delivery, const SendResult& result);
  void fall_back(const OutboxChannel& channel, const DeliveryRecord& failed,
                 const std::string& error);
  void tell_end_instead(const OutboxChannel& channel, const DeliveryRecord& told);
  void tell_instead(const std::string& fallback, const DeliveryRecord& delivery,
                    Notification notification, std::string note);
  void note_fallback(const DeliveryRecord& delivery);
  void finish(DeliveryRecord record, DeliveryState state, std::string error);
  void tell_if_drained();

  net::Network& network_;
  Sender& sender_;
  OutboxLimits limits_;
  std::mt19937_64 random_;
  Record record_;
  std::unique_ptr<net::Timer> timer_;
  // By incident: the channels that heard of it in place of others, and not of its end yet.
  std::unordered_map<std::int64_t, std::set<std::string>> told_instead_;
  std::map<std::string, OutboxChannel> channels_;
  KnownKeys keys_;
  bool draining_ = false;
  std::function<void()> drained_;
};

namespace {

std::string gone(const std::string& channel) {
  return fmt::format("channel \"{}\" is not configured any more", channel);
}

}  // namespace

void Outbox::State::set_channels(const std::vector<config::Channel>& channels) {
  for (auto& [name, channel] : channels_) {
    const bool stays = std::ranges::any_of(
        channels, [&name](const config::Channel& wanted) { return wanted.name == name; });
    if (!stays) retire(channel);
  }
  std::erase_if(channels_,
                [](const auto& entry) { return entry.second.gone && entry.second.in_flight == 0; });
  for (const auto& wanted : channels) {
    const auto [entry, added] =
        channels_.try_emplace(wanted.name, Pace(pace_of(wanted), limits_.burst, now()));
    auto& channel = entry->second;
    if (!added && !channel.gone && channel.settings == wanted) continue;
    channel.settings = wanted;
    channel.pace = Pace(pace_of(wanted), limits_.burst, now());
    channel.experience = Experience::None;
    channel.gone = false;
    channel.not_before = now();
    if (!repeat_of(wanted)) channel.queue.end_standing();
    channel.queue.make_all_due(now());
  }
  turn();
}

void Outbox::State::retire(OutboxChannel& channel) {
  channel.gone = true;
  for (auto& record : channel.queue.remove_idle()) {
    auto error = gone(record.channel);
    finish(std::move(record), DeliveryState::Failed, std::move(error));
  }
}

void Outbox::State::add(DeliveryRecord delivery) {
  note_fallback(delivery);
  const auto found = channels_.find(delivery.channel);
  if (delivery.state != DeliveryState::Pending) {
    if (found != channels_.end()) learn(found->second, delivery);
    if (found == channels_.end() || !is_repeated(found->second, delivery)) return;
    if (delivery.state != DeliveryState::Delivered || !keys_.insert(delivery.key)) return;
    return found->second.queue.add(
        {.record = std::move(delivery), .due = now(), .give_up = {}, .standing = true});
  }
  if (!keys_.insert(delivery.key)) return;
  if (found == channels_.end() || found->second.gone) {
    auto error = gone(delivery.channel);
    return finish(std::move(delivery), DeliveryState::Failed, std::move(error));
  }
  // Stored times are of the wall clock, which may have jumped since: what follows from them is
  // kept within the limits, and the monotonic clock counts it. After a long stop the network may
  // come up later than we do: what is old has a last chance, too.
  using Wait = std::chrono::microseconds;
  const auto wait =
      std::clamp<Wait>(delivery.next_attempt - wall_now(), Wait(0), limits_.longest_retry);
  const auto life = std::clamp<Wait>(delivery.created + limits_.give_up - wall_now(),
                                     limits_.last_chance, limits_.give_up);
  found->second.queue.add(
      {.record = std::move(delivery), .due = now() + wait, .give_up = now() + life});
}

// A channel that failed before a restart fails until it is seen to work.
void Outbox::State::learn(OutboxChannel& channel, const DeliveryRecord& record) {
  const auto end = record.finished.value_or(record.created);
  if (end < channel.newest_end) return;
  channel.newest_end = end;
  channel.counts.last_error = record.state == DeliveryState::Failed ? record.last_error : "";
}

void Outbox::State::turn() {
  std::optional<Instant> next;
  for (auto& [name, channel] : channels_) {
    pump(channel);
    if (const auto due = next_send(channel)) next = std::min(next.value_or(*due), *due);
  }
  if (!next) return timer_->stop();
  timer_->start(std::max(*next - now(), std::chrono::nanoseconds(0)), [this] { turn(); });
}

// When the channel may send next, as far as no answer comes before; nothing where it waits for
// answers alone.
std::optional<Instant> Outbox::State::next_send(OutboxChannel& channel) {
  if (draining_ || channel.gone || channel.is_busy(limits_)) return std::nullopt;
  const auto* const first = channel.queue.first();
  if (first == nullptr) return std::nullopt;
  return std::max({first->due, channel.not_before, channel.next_paced(now())});
}

void Outbox::State::pump(OutboxChannel& channel) {
  while (true) {
    const auto due = next_send(channel);
    if (!due || *due > now()) return;
    send(channel, *channel.queue.first());
  }
}

void Outbox::State::send(OutboxChannel& channel, QueuedDelivery& delivery) {
  const auto notification = notification_from_json(delivery.record.notification);
  if (!notification) {
    ++channel.counts.given_up;
    channel.counts.last_error = notification.error().message;
    return finish(channel.queue.remove(place_of(delivery.record)), DeliveryState::Failed,
                  notification.error().message);
  }
  delivery.in_flight = true;
  ++channel.in_flight;
  channel.pace.sent(now());
  sender_.send(render(channel.settings, *notification, delivery.record.key),
               [weak = weak_from_this(), name = delivery.record.channel,
                place = place_of(delivery.record)](const SendResult& result) {
                 if (const auto state = weak.lock()) state->answered(name, place, result);
               });
}

void Outbox::State::answered(const std::string& name, const DeliveryPlace& place,
                             const SendResult& result) {
  const auto found = channels_.find(name);  // a channel stays while a send of it is in flight
  auto& channel = found->second;
  auto& delivery = *channel.queue.find(place);
  --channel.in_flight;
  delivery.in_flight = false;
  const bool told = result.status == SendStatus::Delivered;
  // Once it answers again, what waited for that waits no longer.
  if (told && channel.experience == Experience::Failed) channel.queue.make_waiting_due(now());
  channel.experience = told ? Experience::Delivered : Experience::Failed;
  channel.counts.last_error = told ? "" : result.error;
  if (!told) ++channel.counts.attempts_failed;
  if (delivery.standing) {
    // A repetition that failed is made up for by the next one.
    stand_or_end(channel, delivery, result);
  } else {
    ++delivery.record.attempts;
    if (told) {
      ++channel.counts.delivered;
      tell_end_instead(channel, delivery.record);
      finish(delivery.record, DeliveryState::Delivered, result.error);
      stand_or_end(channel, delivery, result);
    } else {
      retry(channel, delivery, result);
    }
  }
  if (channel.gone && channel.in_flight == 0) channels_.erase(found);
  turn();
  tell_if_drained();
}

bool Outbox::State::is_repeated(const OutboxChannel& channel, const DeliveryRecord& record) {
  if (channel.gone || !repeat_of(channel.settings)) return false;
  const auto notification = notification_from_json(record.notification);
  return notification && notification->kind != NotificationKind::Resolved;
}

// After a delivery: it stands where its receiver is to be told again, and else it is done.
void Outbox::State::stand_or_end(OutboxChannel& channel, const QueuedDelivery& delivery,
                                 const SendResult& result) {
  const auto place = place_of(delivery.record);
  if (!is_repeated(channel, delivery.record)) {
    (void)channel.queue.remove(place);
    return;
  }
  const auto pause = *repeat_of(channel.settings);
  const auto cap = std::chrono::ceil<std::chrono::seconds>(limits_.longest_retry);
  const auto asked = std::min(result.retry_after.value_or(pause), cap);
  channel.queue.stand(place, now() + std::max(pause, asked));
}

// After a failed attempt: another one later, or the end.
void Outbox::State::retry(OutboxChannel& channel, QueuedDelivery& delivery,
                          const SendResult& result) {
  const auto place = place_of(delivery.record);
  const auto fail = [&](std::string error) {
    ++channel.counts.given_up;
    auto failed = channel.queue.remove(place);
    if (!channel.gone) fall_back(channel, failed, error);
    finish(std::move(failed), DeliveryState::Failed, std::move(error));
  };
  if (result.status == SendStatus::Permanent) return fail(result.error);
  if (channel.gone) {
    return fail(
        fmt::format("{}; the last attempt: {}", gone(delivery.record.channel), result.error));
  }
  if (now() >= delivery.give_up) {
    return fail(fmt::format("given up after {} h: {}", limits_.give_up.count(), result.error));
  }
  const double chance = std::uniform_real_distribution<double>(0.0, 1.0)(random_);
  const auto delay = retry_delay(limits_, delivery.record.attempts, result.retry_after, chance);
  delivery.due = std::min(now() + delay, std::max(delivery.give_up, now()));
  if (result.retry_after) {
    // The receiver speaks for the whole channel.
    const auto cap = std::chrono::ceil<std::chrono::seconds>(limits_.longest_retry);
    channel.not_before = std::max(channel.not_before, now() + std::min(*result.retry_after, cap));
  }
  auto& record = delivery.record;
  record.last_error = result.error;
  record.next_attempt =
      wall_now() + std::chrono::ceil<std::chrono::microseconds>(delivery.due - now());
  record_(record);
}

void Outbox::State::fall_back(const OutboxChannel& channel, const DeliveryRecord& failed,
                              const std::string& error) {
  const auto& fallback = channel.settings.fallback;
  auto notification = notification_from_json(failed.notification);
  if (fallback.empty() || !notification) return;
  // Of interest to the service alone that keeps it.
  if (notification->kind == NotificationKind::Acknowledged) return;
  tell_instead(fallback, failed, *std::move(notification),
               fmt::format("Told here because {} did not take it: {}.", failed.channel, error));
}

// Who heard of the incident in place of this channel hears of its end, which this one has taken.
void Outbox::State::tell_end_instead(const OutboxChannel& channel, const DeliveryRecord& told) {
  const auto& fallback = channel.settings.fallback;
  const auto heard = told_instead_.find(told.incident);
  if (heard == told_instead_.end() || !heard->second.contains(fallback)) return;
  auto notification = notification_from_json(told.notification);
  if (!notification || notification->kind != NotificationKind::Resolved) return;
  tell_instead(fallback, told, *std::move(notification),
               fmt::format("Told here because {} did not take what came before.", told.channel));
}

// The same notification to another channel, under a key of its own.
void Outbox::State::tell_instead(const std::string& fallback, const DeliveryRecord& delivery,
                                 Notification notification, std::string note) {
  auto key = fallback_key(delivery.key, fallback);
  if (keys_.contains(key)) return;
  notification.notes.push_back(std::move(note));
  DeliveryRecord instead{.key = std::move(key),
                         .incident = delivery.incident,
                         .sequence = delivery.sequence,
                         .channel = fallback,
                         .notification = to_json_text(notification),
                         .created = wall_now(),
                         .next_attempt = wall_now()};
  record_(instead);
  add(std::move(instead));
}

void Outbox::State::note_fallback(const DeliveryRecord& delivery) {
  if (!is_fallback(delivery)) return;
  const auto notification = notification_from_json(delivery.notification);
  if (notification && notification->kind == NotificationKind::Resolved) {
    const auto heard = told_instead_.find(delivery.incident);
    if (heard == told_instead_.end()) return;
    heard->second.erase(delivery.channel);
    if (heard->second.empty()) told_instead_.erase(heard);
  } else {
    told_instead_[delivery.incident].insert(delivery.channel);
  }
}

void Outbox::State::finish(DeliveryRecord record, DeliveryState state, std::string error) {
  record.state = state;
  record.last_error = std::move(error);
  record.finished = wall_now();
  keys_.done(record.key);
  record_(record);
}

void Outbox::State::drain(std::function<void()> drained) {
  draining_ = true;
  drained_ = std::move(drained);
  turn();
  tell_if_drained();
}

void Outbox::State::tell_if_drained() {
  const bool in_flight =
      std::ranges::any_of(channels_, [](const auto& entry) { return entry.second.in_flight > 0; });
  if (drained_ && !in_flight) std::exchange(drained_, nullptr)();
}

std::map<std::string, ChannelStatistics> Outbox::State::statistics() const {
  std::map<std::string, ChannelStatistics> statistics;
  for (const auto& [name, channel] : channels_) {
    auto& counts = statistics[name] = channel.counts;
    counts.pending = channel.queue.size();
    counts.oldest_pending = channel.queue.oldest();
  }
  return statistics;
}

Outbox::Outbox(net::Network& network, Sender& sender, OutboxLimits limits,
               std::uint64_t jitter_seed, Record record)
    : state_(std::make_shared<State>(network, sender, limits, jitter_seed, std::move(record))) {}

Outbox::~Outbox() = default;

void Outbox::set_channels(const std::vector<config::Channel>& channels) {
  state_->set_channels(channels);
}

void Outbox::add(std::vector<DeliveryRecord> deliveries) {
  for (auto& delivery : deliveries) state_->add(std::move(delivery));
  state_->turn();
}

void Outbox::drain(std::function<void()> drained) {
  state_->drain(std::move(drained));
}

std::map<std::string, ChannelStatistics> Outbox::statistics() const {
  return state_->statistics();
}

}  // namespace gatewatch::alerting

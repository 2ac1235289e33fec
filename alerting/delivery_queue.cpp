#include "alerting/delivery_queue.h"

#include <algorithm>
#include <utility>

namespace gatewatch::alerting {

void DeliveryQueue::add(QueuedDelivery delivery) {
  const auto& record = delivery.record;
  auto& line = lines_[record.incident];
  const auto place = std::pair(record.sequence, record.key);
  const bool counts = !delivery.standing;
  const bool added = line.emplace(place, std::move(delivery)).second;
  if (added && counts) ++size_;
  give_way(line);
}

void DeliveryQueue::give_way(Line& line) {
  while (line.size() > 1 && line.begin()->second.standing && !line.begin()->second.in_flight) {
    line.erase(line.begin());
  }
}

void DeliveryQueue::stand(const DeliveryPlace& place, Instant due) {
  auto& delivery = *find(place);
  if (!std::exchange(delivery.standing, true)) --size_;
  delivery.due = due;
  give_way(lines_.at(place.incident));
}

void DeliveryQueue::end_standing() {
  for (auto& [incident, line] : lines_) {
    std::erase_if(
        line, [](const auto& entry) { return entry.second.standing && !entry.second.in_flight; });
  }
  std::erase_if(lines_, [](const auto& entry) { return entry.second.empty(); });
}

QueuedDelivery* DeliveryQueue::first() {
  QueuedDelivery* first = nullptr;
  for (auto& [incident, line] : lines_) {
    const bool busy =
        std::ranges::any_of(line, [](const auto& entry) { return entry.second.in_flight; });
    if (busy) continue;
    auto& head = line.begin()->second;
    if (first == nullptr || head.due < first->due) first = &head;
  }
  return first;
}

QueuedDelivery* DeliveryQueue::find(const DeliveryPlace& place) {
  const auto line = lines_.find(place.incident);
  if (line == lines_.end()) return nullptr;
  const auto found = line->second.find({place.sequence, place.key});
  return found == line->second.end() ? nullptr : &found->second;
}

storage::DeliveryRecord DeliveryQueue::remove(const DeliveryPlace& place) {
  const auto line = lines_.find(place.incident);
  const auto found = line->second.find({place.sequence, place.key});
  auto record = std::move(found->second.record);
  if (!found->second.standing) --size_;
  line->second.erase(found);
  if (line->second.empty()) lines_.erase(line);
  return record;
}

std::vector<storage::DeliveryRecord> DeliveryQueue::remove_idle() {
  end_standing();
  std::vector<DeliveryPlace> idle;
  for (const auto& [incident, line] : lines_) {
    for (const auto& [place, delivery] : line) {
      if (!delivery.in_flight) idle.push_back(place_of(delivery.record));
    }
  }
  std::vector<storage::DeliveryRecord> records;
  for (const auto& place : idle) records.push_back(remove(place));
  return records;
}

void DeliveryQueue::make_all_due(Instant now) {
  for (auto& [incident, line] : lines_) {
    for (auto& [place, delivery] : line) delivery.due = now;
  }
}

void DeliveryQueue::make_waiting_due(Instant now) {
  for (auto& [incident, line] : lines_) {
    for (auto& [place, delivery] : line) {
      if (!delivery.standing) delivery.due = now;
    }
  }
}

std::optional<Timestamp> DeliveryQueue::oldest() const {
  std::optional<Timestamp> oldest;
  for (const auto& [incident, line] : lines_) {
    for (const auto& [place, delivery] : line) {
      if (delivery.standing) continue;
      oldest = std::min(oldest.value_or(delivery.record.created), delivery.record.created);
    }
  }
  return oldest;
}

DeliveryPlace place_of(const storage::DeliveryRecord& record) {
  return {record.incident, record.sequence, record.key};
}

}  // namespace gatewatch::alerting

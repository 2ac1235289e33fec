#include "storage/recorder.h"

#include <utility>

#include "storage/writer.h"

namespace gatewatch::storage {

std::expected<Recorder, Error> Recorder::start(std::unique_ptr<Store> store, RecorderLimits limits,
                                               Told told, Replace replace) {
  auto writer =
      std::make_unique<Writer>(std::move(store), limits, std::move(told), std::move(replace));
  if (auto error = writer->start()) return std::unexpected(std::move(*error));
  return Recorder(std::move(writer));
}

Recorder::Recorder(std::unique_ptr<Writer> writer) : writer_(std::move(writer)) {}
Recorder::Recorder(Recorder&&) noexcept = default;
Recorder::~Recorder() = default;

void Recorder::submit(Result result) {
  writer_->submit(std::move(result));
}

void Recorder::submit(IncidentStep step) {
  writer_->submit(std::move(step));
}

void Recorder::submit(DeliveryRecord delivery) {
  writer_->submit(std::move(delivery));
}

void Recorder::submit(SilenceRecord silence) {
  writer_->submit(std::move(silence));
}

void Recorder::submit(ChangeRecord change) {
  writer_->submit(std::move(change));
}

void Recorder::submit(GapRecord gap) {
  writer_->submit(std::move(gap));
}

void Recorder::forget_results(Timestamp before) {
  writer_->forget_results(before);
}

void Recorder::forget_evidence(Timestamp before, std::uint64_t most_bytes) {
  writer_->forget_evidence(before, most_bytes);
}

void Recorder::limit_size(std::uint64_t bytes) {
  writer_->limit_size(bytes);
}

void Recorder::distrust(std::uint64_t store) {
  writer_->distrust(store);
}

void Recorder::forget_rollups(Timestamp before) {
  writer_->forget_rollups(before);
}

void Recorder::roll_up(Timestamp until) {
  writer_->roll_up(until);
}

bool Recorder::flush(std::chrono::milliseconds deadline) {
  return writer_->flush(deadline);
}

bool Recorder::flush_essentials(std::chrono::milliseconds deadline) {
  return writer_->flush_essentials(deadline);
}

RecorderStatistics Recorder::statistics() const {
  return writer_->statistics();
}

}  // namespace gatewatch::storage

// The probe threads and which of them probes which route: by a hash, so that a route stays where
// it is over reloads.

#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/probe_thread.h"

namespace gatewatch::daemon {

class ProbePool {
 public:
  // `threads`: at least 1. The limit on probes in flight is shared out among them. The error: a
  // thread could not be made; those that were are ended.
  [[nodiscard]] static std::expected<std::unique_ptr<ProbePool>, Error> start(
      int threads, const ProbeThreadSettings& settings, const ProbeThread::Deliver& deliver);

  void set(std::shared_ptr<const Target> target);
  void remove(const std::string& route);
  void confirm(const std::string& route);
  void probe_once(const std::string& route);
  void set_policy(const TargetPolicy& policy);
  // `drained` is called once, on some probe thread, when no probe is in flight any more.
  void drain(const std::function<void()>& drained);
  [[nodiscard]] std::vector<ProbeThreadStatistics> statistics() const;
  // Whether every thread has turned its loop within `age`.
  [[nodiscard]] bool alive(Instant now, std::chrono::nanoseconds age) const;

 private:
  explicit ProbePool(std::vector<std::unique_ptr<ProbeThread>> threads);
  [[nodiscard]] ProbeThread& thread_of(const std::string& route);

  std::vector<std::unique_ptr<ProbeThread>> threads_;
};

}  // namespace gatewatch::daemon

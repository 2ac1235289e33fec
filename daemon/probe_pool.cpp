#include "daemon/probe_pool.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "daemon/schedule.h"

namespace gatewatch::daemon {

std::expected<std::unique_ptr<ProbePool>, Error> ProbePool::start(
    int threads, const ProbeThreadSettings& settings, const ProbeThread::Deliver& deliver) {
  std::vector<std::unique_ptr<ProbeThread>> started;
  auto share = settings;
  share.in_flight_limit =
      std::max<std::size_t>(1, settings.in_flight_limit / static_cast<std::size_t>(threads));
  for (int index = 0; index < threads; ++index) {
    auto thread =
        ProbeThread::start(probe_thread_name(static_cast<std::size_t>(index)), share, deliver);
    if (!thread) return std::unexpected(thread.error());
    started.push_back(std::move(*thread));
  }
  return std::unique_ptr<ProbePool>(new ProbePool(std::move(started)));
}

ProbePool::ProbePool(std::vector<std::unique_ptr<ProbeThread>> threads)
    : threads_(std::move(threads)) {}

void ProbePool::set(std::shared_ptr<const Target> target) {
  thread_of(target->route.id()).set(std::move(target));
}

void ProbePool::remove(const std::string& route) {
  thread_of(route).remove(route);
}

void ProbePool::confirm(const std::string& route) {
  thread_of(route).confirm(route);
}

void ProbePool::probe_once(const std::string& route) {
  thread_of(route).probe_once(route);
}

void ProbePool::set_policy(const TargetPolicy& policy) {
  for (const auto& thread : threads_) thread->set_policy(policy);
}

void ProbePool::drain(const std::function<void()>& drained) {
  const auto left = std::make_shared<std::atomic<std::size_t>>(threads_.size());
  for (const auto& thread : threads_) {
    thread->drain([left, drained] {
      if (left->fetch_sub(1) == 1) drained();
    });
  }
}

std::vector<ProbeThreadStatistics> ProbePool::statistics() const {
  std::vector<ProbeThreadStatistics> statistics;
  for (const auto& thread : threads_) statistics.push_back(thread->statistics());
  return statistics;
}

bool ProbePool::alive(Instant now, std::chrono::nanoseconds age) const {
  return std::ranges::all_of(
      threads_, [now, age](const auto& thread) { return now - thread->statistics().seen <= age; });
}

ProbeThread& ProbePool::thread_of(const std::string& route) {
  return *threads_[stable_hash(route) % threads_.size()];
}

}  // namespace gatewatch::daemon

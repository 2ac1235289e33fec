#include "daemon/pipeline.h"

#include <utility>

namespace gatewatch::daemon {

Pipeline::Pipeline(const net::Clock& clock, alerting::IncidentDesk& desk,
                   storage::Recorder& recorder, Confirm confirm, Observer observer)
    : clock_(clock),
      desk_(desk),
      recorder_(recorder),
      confirm_(std::move(confirm)),
      observer_(std::move(observer)) {}

void Pipeline::handle(Result result) {
  auto* const route = live_.observe(result);
  if (route != nullptr && route->health.wants_confirmation(result)) confirm_(result.route);
  observer_.result(result);
  auto steps = desk_.observe(result, clock_.wall_now());
  recorder_.submit(std::move(result));
  submit(std::move(steps));
}

void Pipeline::tick() {
  submit(desk_.tick(clock_.wall_now()));
}

void Pipeline::submit(std::vector<storage::IncidentStep> steps) {
  for (auto& step : steps) {
    observer_.step(step);
    recorder_.submit(std::move(step));
  }
}

}  // namespace gatewatch::daemon

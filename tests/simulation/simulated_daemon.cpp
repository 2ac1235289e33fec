#include "tests/simulation/simulated_daemon.h"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "alerting/delivery/sender.h"
#include "alerting/incident_desk.h"
#include "alerting/outbox.h"
#include "alerting/replay.h"
#include "daemon/loop_mailbox.h"
#include "daemon/pipeline.h"
#include "daemon/scheduler.h"
#include "probes/route_probe.h"
#include "storage/recorder.h"
#include "tests/fakes/shared_store.h"

namespace gatewatch::tests {
namespace {

using namespace std::chrono_literals;

constexpr auto slice = 100ms;  // how often the store catches up with simulated time
constexpr auto pulse = 200ms;  // of what time alone brings

// Delivers at once and notes it.
class NotingSender final : public alerting::Sender {
 public:
  NotingSender(net::Network& network, std::vector<SentMessage>& sent)
      : network_(network), sent_(sent), timer_(network.timer()) {}

  void send(alerting::Request request, Done done) override {
    const auto& http = std::get<alerting::HttpRequest>(request);
    SentMessage message{network_.clock().now(), {}, http.body};
    for (const auto& header : http.headers) {
      if (header.name == "Idempotency-Key") message.key = header.value.reveal();
    }
    sent_.push_back(std::move(message));
    answers_.push_back(std::move(done));
    timer_->start(1ms, [this] {
      for (auto& answer : std::exchange(answers_, {})) {
        answer({alerting::SendStatus::Delivered, {}, {}});
      }
    });
  }
  void set_policy(TargetPolicy /*policy*/) override {}

 private:
  net::Network& network_;
  std::vector<SentMessage>& sent_;
  std::vector<Done> answers_;
  std::unique_ptr<net::Timer> timer_;
};

}  // namespace

class SimulatedDaemon::Process {
 public:
  explicit Process(SimulatedDaemon& daemon)
      : daemon_(daemon),
        network_(daemon.network_),
        desk_(daemon.config_, {{}, daemon.store_->last_incident_id().value()}),
        mailbox_(network_, 100'000),
        sender_(network_, daemon.sent_),
        recorder_(storage::Recorder::start(std::make_unique<SharedStore>(daemon.store_),
                                           storage::RecorderLimits{},
                                           [this](const std::vector<storage::IncidentStep>& steps) {
                                             CHECK(mailbox_.post([this, steps] {
                                               for (const auto& step : steps) {
                                                 outbox_.add(step.deliveries);
                                               }
                                             }));
                                           })
                      .value()),
        outbox_(network_, sender_, {}, 1,
                [this](const storage::DeliveryRecord& record) { recorder_.submit(record); }),
        pipeline_(network_.clock(), "local", desk_, recorder_,
                  {.confirm = [this](const std::string& route) { scheduler_.confirm(route); },
                   .once = [this](const std::string& route) { scheduler_.probe_once(route); }},
                  {[this](const Result& result) { daemon_.results_.push_back(result); },
                   [](const storage::IncidentStep&) {}}),
        identity_(std::make_shared<const ProbeIdentity>("local", "gatewatch/test",
                                                        TargetPolicy::standard())),
        scheduler_(
            network_, {network_.clock().wall_now(), network_.clock().now()}, 1000,
            [this](const daemon::ScheduledRoute& route, ProbeKind kind, std::uint64_t turn) {
              return make_route_probe(network_, identity_, route.target, kind, turn,
                                      [this](const Result& result) { pipeline_.handle(result); });
            },
            [this](const Result& result) { pipeline_.handle(result); }) {
    REQUIRE(
        alerting::replay(desk_, *daemon_.config_, *daemon_.store_, network_.clock().wall_now()));
    pipeline_.set_routes(daemon_.config_->routes);
    outbox_.set_channels(daemon_.config_->channels);
    outbox_.add(daemon_.store_->pending_deliveries().value());
    take_routes();
  }

  void reload() {
    std::set<std::string> kept;
    for (const auto& route : daemon_.config_->routes) kept.insert(route.id());
    for (const auto& id : routes_) {
      if (!kept.contains(id)) scheduler_.remove(id);
    }
    take_routes();
    pipeline_.set_routes(daemon_.config_->routes);
    pipeline_.submit(desk_.reconfigure(daemon_.config_, {}, network_.clock().wall_now()));
  }

  void run_for(std::chrono::milliseconds duration) {
    for (auto passed = 0ms; passed < duration; passed += slice) {
      network_.run_for(slice);
      since_tick_ += slice;
      if (since_tick_ >= pulse) {
        since_tick_ = 0ms;
        pipeline_.tick();
      }
      REQUIRE(recorder_.flush(10s));
    }
  }

 private:
  void take_routes() {
    TargetFactory factory;
    for (const auto& route : daemon_.config_->routes) {
      routes_.insert(route.id());
      scheduler_.set({route.id(), route.interval, route.timeout, route.confirm,
                      factory.create(route).value()});
    }
  }

  SimulatedDaemon& daemon_;
  SimulatedNetwork& network_;
  alerting::IncidentDesk desk_;
  daemon::LoopMailbox mailbox_;
  NotingSender sender_;
  storage::Recorder recorder_;
  alerting::Outbox outbox_;
  daemon::Pipeline pipeline_;
  std::shared_ptr<const ProbeIdentity> identity_;
  std::set<std::string> routes_;  // that the scheduler has, or had
  daemon::Scheduler scheduler_;
  std::chrono::milliseconds since_tick_{0};
};

SimulatedDaemon::SimulatedDaemon(SimulatedNetwork& network,
                                 std::shared_ptr<const config::Config> config)
    : network_(network), config_(std::move(config)) {
  start();
}

SimulatedDaemon::~SimulatedDaemon() = default;

void SimulatedDaemon::crash() {
  process_.reset();
}

void SimulatedDaemon::start() {
  process_ = std::make_unique<Process>(*this);
}

void SimulatedDaemon::reload(std::shared_ptr<const config::Config> config) {
  config_ = std::move(config);
  process_->reload();
}

void SimulatedDaemon::run_for(std::chrono::milliseconds duration) {
  process_->run_for(duration);
}

std::shared_ptr<const config::Config> simulated_config(const Endpoint& endpoint, int routes,
                                                       config::Duration interval) {
  config::Config config;
  for (int number = 0; number < routes; ++number) {
    config::Route route;
    route.group = "shop";
    route.name = fmt::format("route-{:03}", number);
    route.url = Url::parse(fmt::format("http://{}/{}", endpoint.text(), number)).value();
    route.interval = interval;
    route.timeout = std::min<config::Duration>(interval, 10s);
    route.tls.verify = false;
    CHECK_FALSE(route.expect.status.add("2xx").has_value());
    config.routes.push_back(std::move(route));
  }
  config::WebhookChannel webhook;
  webhook.url = config::Secret("http://receiver.example.com/hook");
  config.channels.push_back({"hook", webhook});
  config.rules = config::built_in_rules(config.channels);
  return std::make_shared<const config::Config>(std::move(config));
}

}  // namespace gatewatch::tests

#include "daemon/demo/site.h"

#include <thread>
#include <utility>

#include "daemon/demo/gateway.h"
#include "daemon/demo/origin.h"
#include "probes/net/thread.h"
#include "probes/net/uv_network.h"

namespace gatewatch::daemon {

class DemoSite::World {
 public:
  explicit World(std::unique_ptr<net::UvNetwork> network, DemoOutages outages)
      : outages_(outages), network_(std::move(network)) {}

  ~World() {
    if (thread_.joinable()) {
      end_->notify();
      thread_.join();
    }
    end_.reset();
    timer_.reset();
    gateway_.reset();
    origin_.reset();
    (void)network_->close();
  }

  std::expected<void, Error> start() {
    auto origin = DemoOrigin::start(*network_);
    if (!origin) return std::unexpected(origin.error());
    origin_ = std::move(*origin);
    auto gateway = DemoGateway::start(*network_, origin_->local());
    if (!gateway) return std::unexpected(gateway.error());
    gateway_ = std::move(*gateway);
    timer_ = network_->timer();
    end_ = network_->wakeup([this] { network_->stop(); });
    timer_->start(outages_.begin, [this] { go_down(); });
    if (auto error = net::start_thread(thread_, "demo-site", [this] { network_->run(); })) {
      return std::unexpected(*std::move(error));
    }
    return {};
  }

  [[nodiscard]] Endpoint gateway() const { return gateway_->local(); }

 private:
  void go_down() {
    origin_->go_down();
    timer_->start(outages_.end - outages_.begin, [this] { come_back(); });
  }

  void come_back() {
    origin_->come_back();
    timer_->start(outages_.period - (outages_.end - outages_.begin), [this] { go_down(); });
  }

  const DemoOutages outages_;
  std::unique_ptr<net::UvNetwork> network_;
  std::unique_ptr<DemoOrigin> origin_;
  std::unique_ptr<DemoGateway> gateway_;
  std::unique_ptr<net::Timer> timer_;
  std::unique_ptr<net::Wakeup> end_;
  std::jthread thread_;
};

std::expected<std::unique_ptr<DemoSite>, Error> DemoSite::start(DemoOutages outages) {
  auto network = net::UvNetwork::create();
  if (!network) return std::unexpected(network.error());
  auto world = std::make_unique<World>(std::move(*network), outages);
  const auto started = world->start();
  if (!started) return std::unexpected(started.error());
  return std::unique_ptr<DemoSite>(new DemoSite(std::move(world)));
}

DemoSite::DemoSite(std::unique_ptr<World> world) : world_(std::move(world)) {}
DemoSite::~DemoSite() = default;

Endpoint DemoSite::gateway() const {
  return world_->gateway();
}

}  // namespace gatewatch::daemon

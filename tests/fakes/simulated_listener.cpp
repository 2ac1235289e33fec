#include "tests/fakes/simulated_listener.h"

#include <deque>
#include <utility>

#include "tests/fakes/simulated_stream.h"

namespace gatewatch::tests {
namespace {

// Registers with the world for as long as it lives.
class Registration {
 public:
  Registration(SimulatedWorld& world, const config::ListenAddress& address)
      : world_(world), address_(address), acceptor_(std::make_shared<SimulatedAcceptor>()) {
    if (address_.unix_path.empty()) {
      address_.endpoint = world_.free_endpoint(address_.endpoint);
      world_.acceptors[address_.endpoint] = acceptor_;
    } else {
      world_.unix_acceptors[address_.unix_path] = acceptor_;
    }
  }
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;
  ~Registration() {
    if (address_.unix_path.empty()) {
      world_.acceptors.erase(address_.endpoint);
    } else {
      world_.unix_acceptors.erase(address_.unix_path);
    }
  }

  [[nodiscard]] const Endpoint& endpoint() const { return address_.endpoint; }
  [[nodiscard]] SimulatedAcceptor& acceptor() { return *acceptor_; }

 private:
  SimulatedWorld& world_;
  config::ListenAddress address_;
  std::shared_ptr<SimulatedAcceptor> acceptor_;
};

class SimulatedListener final : public net::Listener {
 public:
  SimulatedListener(const std::shared_ptr<SimulatedWorld>& world,
                    const config::ListenAddress& address, Accept accept)
      : object_(world),
        registration_(*world, address),
        accept_(std::make_shared<Accept>(std::move(accept))) {
    registration_.acceptor().accept = [this](std::shared_ptr<SimulatedEnd> end) {
      backlog_.push_back(std::move(end));
      accept_waiting();
    };
  }
  ~SimulatedListener() override {
    for (const auto& end : backlog_) end->reset();
    object_.world().cancel(resumption_);
  }

  [[nodiscard]] Endpoint local() const override { return registration_.endpoint(); }
  void pause() override { paused_ = true; }
  void resume() override {
    paused_ = false;
    object_.world().cancel(resumption_);
    resumption_ = object_.world().after(std::chrono::nanoseconds(0), [this] { accept_waiting(); });
  }

 private:
  void accept_waiting() {
    const auto accept = accept_;  // the callee may destroy the listener
    while (!paused_ && !backlog_.empty()) {
      auto end = std::move(backlog_.front());
      backlog_.pop_front();
      (*accept)(make_simulated_stream(object_.shared(), std::move(end)));
      if (accept.use_count() == 1) return;
    }
  }

  SimulatedObject object_;
  Registration registration_;
  std::shared_ptr<Accept> accept_;
  std::deque<std::shared_ptr<SimulatedEnd>> backlog_;
  SimulatedWorld::EventKey resumption_;
  bool paused_ = false;
};

}  // namespace

std::expected<std::unique_ptr<net::Listener>, Error> make_simulated_listener(
    const std::shared_ptr<SimulatedWorld>& world, const config::ListenAddress& address,
    net::Listener::Accept accept) {
  const bool in_use = address.unix_path.empty() ? world->acceptors.contains(address.endpoint)
                                                : world->unix_acceptors.contains(address.unix_path);
  if (in_use) {
    const auto text = address.unix_path.empty() ? address.endpoint.text() : address.unix_path;
    return std::unexpected(Error{"cannot listen on " + text + ": address already in use"});
  }
  return std::make_unique<SimulatedListener>(world, address, std::move(accept));
}

// One connection of a scripted server. The world keeps it until the connection is over.
class SimulatedConversation final : public SimulatedNetwork::Conversation,
                                    public net::StreamEvents,
                                    public std::enable_shared_from_this<SimulatedConversation> {
 public:
  using Script = std::function<void(Conversation&)>;

  SimulatedConversation(SimulatedWorld& world, std::shared_ptr<Script> script,
                        std::shared_ptr<SimulatedEnd> end)
      : world_(world),
        id_(world.next_conversation++),
        script_(std::move(script)),
        end_(std::move(end)) {}
  ~SimulatedConversation() override { end_->close(); }

  static void begin(SimulatedWorld& world, std::shared_ptr<Script> script,
                    std::shared_ptr<SimulatedEnd> end) {
    const auto conversation =
        std::make_shared<SimulatedConversation>(world, std::move(script), std::move(end));
    world.conversations[conversation->id_] = conversation;
    conversation->end_->events = conversation.get();
    conversation->end_->set_reading(true);
    (*conversation->script_)(*conversation);
  }

  // Conversation.
  void send(std::string bytes) override { end_->send(std::move(bytes)); }
  void finish() override {
    end_->finish();
    finished_ = true;
    end_if_over();
  }
  void reset() override {
    end_->reset();
    forget();
  }
  void after(std::chrono::nanoseconds delay, std::function<void()> action) override {
    world_.after(delay, [self = weak_from_this(), action = std::move(action)] {
      if (const auto alive = self.lock()) action();
    });
  }
  [[nodiscard]] const std::string& received() const override { return received_; }

  // StreamEvents.
  void on_connected(net::IoResult) override {}
  void on_written(net::IoResult) override {}
  void on_read(std::span<const char> bytes) override {
    received_.append(bytes.data(), bytes.size());
    (*script_)(*this);
  }
  void on_read_end(net::IoResult result) override {
    ended_ = true;
    if (result.status == net::IoStatus::Reset) return forget();
    end_if_over();
  }

 private:
  void end_if_over() {
    if (ended_ && (finished_ || end_->peer_is_closed())) forget();
  }
  // Not at once: the script may still be using the conversation.
  void forget() {
    world_.after(std::chrono::nanoseconds(0),
                 [this, self = shared_from_this()] { world_.conversations.erase(id_); });
  }

  SimulatedWorld& world_;
  std::uint64_t id_;
  std::shared_ptr<Script> script_;
  std::shared_ptr<SimulatedEnd> end_;
  std::string received_;
  bool finished_ = false;
  bool ended_ = false;
};

namespace {

class SimulatedServer final : public net::Listener {
 public:
  SimulatedServer(SimulatedWorld& world, const Endpoint& endpoint,
                  SimulatedConversation::Script script)
      : registration_(world, {.endpoint = endpoint, .unix_path = {}}) {
    registration_.acceptor().accept =
        [&world, script = std::make_shared<SimulatedConversation::Script>(std::move(script))](
            std::shared_ptr<SimulatedEnd> end) {
          SimulatedConversation::begin(world, script, std::move(end));
        };
  }
  [[nodiscard]] Endpoint local() const override { return registration_.endpoint(); }
  void pause() override {}
  void resume() override {}

 private:
  Registration registration_;
};

}  // namespace

std::unique_ptr<net::Listener> make_simulated_server(
    const std::shared_ptr<SimulatedWorld>& world, const Endpoint& endpoint,
    std::function<void(SimulatedNetwork::Conversation&)> on_bytes) {
  return std::make_unique<SimulatedServer>(*world, endpoint, std::move(on_bytes));
}

}  // namespace gatewatch::tests

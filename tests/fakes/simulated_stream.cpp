#include "tests/fakes/simulated_stream.h"

#include <cerrno>
#include <utility>

#include "probes/net/invariant.h"

namespace gatewatch::tests {

using namespace std::chrono_literals;
using net::IoResult;
using net::IoStatus;

namespace {

// What the two kernels hold for a reader who does not read.
constexpr std::uint64_t window_bytes = 256 << 10;
// How long Linux tries to connect (tcp_syn_retries = 6).
constexpr auto kernel_gives_up = 127s;

}  // namespace

void SimulatedEnd::join(const std::shared_ptr<SimulatedEnd>& client,
                        const std::shared_ptr<SimulatedEnd>& server) {
  client->peer_ = server;
  server->peer_ = client;
  server->local = client->remote;
  server->remote = client->local;
}

bool SimulatedEnd::peer_is_closed() const {
  const auto peer = peer_.lock();
  return !peer || peer->closed_;
}

void SimulatedEnd::connect(const Endpoint& endpoint) {
  using enum SimulatedNetwork::ConnectFault;
  remote = endpoint;
  local.address = endpoint.address;
  local.port = static_cast<std::uint16_t>(world_->next_port++);
  ++world_->connects[endpoint];
  auto fault = world_->uplink_fault;
  if (const auto own = world_->faults.find(endpoint);
      fault == None && own != world_->faults.end()) {
    fault = own->second;
  }
  switch (fault) {
    case None:
      world_->after(world_->flight(), [self = shared_from_this()] { self->reach_listener(); });
      return;
    case Refuse:
      return answer_connect(2 * world_->flight(), {IoStatus::Refused, ECONNREFUSED});
    case Drop:
      return answer_connect(kernel_gives_up, {IoStatus::TimedOut, ETIMEDOUT});
    case Unreachable:
      return answer_connect(world_->flight(), {IoStatus::Unreachable, EHOSTUNREACH});
    case NoResources:
      return answer_connect(0ns, {IoStatus::NoResources, EMFILE});
  }
}

// The SYN has come to the server.
void SimulatedEnd::reach_listener() {
  if (closed_) return;
  const auto acceptor = world_->acceptor(remote).lock();
  if (!acceptor) return answer_connect(world_->flight(), {IoStatus::Refused, ECONNREFUSED});
  answer_connect(world_->flight(), {});
  const auto server = std::make_shared<SimulatedEnd>(world_);
  join(shared_from_this(), server);
  // What the server says at once must not overtake its SYN-ACK.
  server->last_arrival_ = world_->now() + world_->latency + world_->jitter;
  acceptor->accept(server);
}

void SimulatedEnd::answer_connect(std::chrono::nanoseconds after, IoResult result) {
  world_->after(after, [self = shared_from_this(), result] {
    if (!self->closed_ && self->events != nullptr) self->events->on_connected(result);
  });
}

void SimulatedEnd::write(std::string bytes) {
  net::require(!writing_, "a second write before on_written");
  net::require(!finished_, "a write after shutdown");
  writing_ = true;
  const auto peer = peer_.lock();
  send(std::move(bytes));
  if (!broken_ && peer && !peer->closed_ && peer->unread_bytes_ > window_bytes) return;
  answer_write();
}

void SimulatedEnd::answer_write() {
  world_->after(0ns, [self = shared_from_this()] {
    if (self->closed_ || !self->writing_) return;
    self->writing_ = false;
    const auto result = self->broken_ ? IoResult{IoStatus::Reset, EPIPE} : IoResult{};
    if (self->events != nullptr) self->events->on_written(result);
  });
}

void SimulatedEnd::send(std::string bytes) {
  if (broken_ || bytes.empty()) return;
  if (const auto peer = peer_.lock()) peer->unread_bytes_ += bytes.size();
  transmit(std::move(bytes));
}

void SimulatedEnd::finish() {
  if (std::exchange(finished_, true) || broken_) return;
  transmit(IoResult{IoStatus::EndOfStream, 0});
}

void SimulatedEnd::reset() {
  if (std::exchange(closed_, true) || broken_) return;
  transmit(IoResult{IoStatus::Reset, ECONNRESET});
}

void SimulatedEnd::close() {
  events = nullptr;
  if (closed_) return;
  if (unread_bytes_ > 0 && !inbox_.empty()) return reset();
  finish();
  closed_ = true;
}

void SimulatedEnd::transmit(Arrival arrival) {
  const auto peer = peer_.lock();
  if (!peer) return;
  last_arrival_ = std::max(last_arrival_, world_->now() + world_->flight());
  world_->at(last_arrival_,
             [peer, arrival = std::move(arrival)]() mutable { peer->arrive(std::move(arrival)); });
}

void SimulatedEnd::arrive(Arrival arrival) {
  const bool is_bytes = std::holds_alternative<std::string>(arrival);
  if (closed_) {
    // The kernel answers bytes for a closed socket with RST.
    if (is_bytes && !broken_) transmit(IoResult{IoStatus::Reset, ECONNRESET});
    return;
  }
  if (!is_bytes && std::get<IoResult>(arrival).status == IoStatus::Reset) {
    broken_ = true;
    inbox_.clear();  // RST discards what was not read
    unread_bytes_ = 0;
    if (writing_) answer_write();
  }
  inbox_.push_back(std::move(arrival));
  deliver();
}

void SimulatedEnd::set_reading(bool reading) {
  reading_ = reading;
  if (!reading) return;
  world_->after(0ns, [self = shared_from_this()] { self->deliver(); });
}

void SimulatedEnd::deliver() {
  const auto self = shared_from_this();
  while (reading_ && !closed_ && !ended_ && events != nullptr && !inbox_.empty()) {
    const auto arrival = std::move(inbox_.front());
    inbox_.pop_front();
    if (const auto* result = std::get_if<IoResult>(&arrival)) {
      ended_ = true;
      events->on_read_end(*result);
      return;
    }
    const auto& bytes = std::get<std::string>(arrival);
    unread_bytes_ -= bytes.size();
    const auto peer = peer_.lock();
    if (peer && peer->writing_ && unread_bytes_ <= window_bytes) peer->answer_write();
    events->on_read(bytes);
  }
}

namespace {

class SimulatedStream final : public net::Stream {
 public:
  SimulatedStream(const std::shared_ptr<SimulatedWorld>& world, std::shared_ptr<SimulatedEnd> end)
      : object_(world), end_(std::move(end)) {}
  ~SimulatedStream() override { end_->close(); }

  void set_events(net::StreamEvents* events) override { end_->events = events; }
  void connect(const Endpoint& endpoint) override { end_->connect(endpoint); }
  void write(std::string bytes) override { end_->write(std::move(bytes)); }
  void read_start() override { end_->set_reading(true); }
  void read_stop() override { end_->set_reading(false); }
  void shutdown() override { end_->finish(); }
  [[nodiscard]] Endpoint peer() const override { return end_->remote; }

 private:
  SimulatedObject object_;
  std::shared_ptr<SimulatedEnd> end_;
};

}  // namespace

std::unique_ptr<net::Stream> make_simulated_stream(const std::shared_ptr<SimulatedWorld>& world,
                                                   std::shared_ptr<SimulatedEnd> end) {
  if (!end) end = std::make_shared<SimulatedEnd>(world);
  return std::make_unique<SimulatedStream>(world, std::move(end));
}

}  // namespace gatewatch::tests

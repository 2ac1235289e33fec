#include "daemon/demo/origin.h"

#include <span>
#include <string>
#include <utility>

#include "probes/net/http_request_parser.h"

namespace gatewatch::daemon {

// One request's answer.
class DemoOrigin::Answer final : public net::StreamEvents {
 public:
  Answer(DemoOrigin& origin, std::unique_ptr<net::Stream> client)
      : origin_(origin), client_(std::move(client)) {
    client_->set_events(this);
    client_->read_start();
  }

  void on_connected(net::IoResult) override {}
  void on_read(std::span<const char> bytes) override {
    parser_.feed(bytes);
    if (parser_.state() != net::HttpRequestParser::State::Complete || written_) return;
    written_ = true;
    client_->write(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 16\r\n"
        "Connection: close\r\n\r\nall is well here");
  }
  void on_written(net::IoResult) override { origin_.forget(this); }
  void on_read_end(net::IoResult) override { origin_.forget(this); }

 private:
  DemoOrigin& origin_;
  std::unique_ptr<net::Stream> client_;
  net::HttpRequestParser parser_{net::RequestLimits{}};
  bool written_ = false;
};

std::expected<std::unique_ptr<DemoOrigin>, Error> DemoOrigin::start(net::Network& network) {
  std::unique_ptr<DemoOrigin> origin(new DemoOrigin(network));
  const auto listening = origin->listen({IpAddress::parse("127.0.0.1").value(), 0});
  if (!listening) return std::unexpected(listening.error());
  return origin;
}

DemoOrigin::DemoOrigin(net::Network& network) : network_(network) {}

DemoOrigin::~DemoOrigin() = default;

void DemoOrigin::forget(Answer* answer) {
  answers_.erase(answer);
}

std::expected<void, Error> DemoOrigin::listen(Endpoint endpoint) {
  auto listener = network_.listen(
      {endpoint, {}}, [this](std::unique_ptr<net::Stream> client) { accept(std::move(client)); });
  if (!listener) return std::unexpected(listener.error());
  listener_ = std::move(*listener);
  local_ = listener_->local();
  return {};
}

void DemoOrigin::come_back() {
  (void)listen(local_);
}

void DemoOrigin::accept(std::unique_ptr<net::Stream> client) {
  auto answer = std::make_unique<Answer>(*this, std::move(client));
  auto* const key = answer.get();
  answers_.emplace(key, std::move(answer));
}

}  // namespace gatewatch::daemon

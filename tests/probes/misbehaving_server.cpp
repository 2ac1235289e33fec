#include "tests/probes/misbehaving_server.h"

#include <utility>

#include "probes/net/tls_stream.h"

namespace gatewatch::tests {

class MisbehavingServer::Connection final : private net::StreamEvents {
 public:
  Connection(MisbehavingServer& server, std::unique_ptr<net::Stream> stream)
      : server_(server), stream_(std::move(stream)) {
    const auto& tls = server_.behaviour_.tls;
    if (!tls) {
      stream_->set_events(this);
      begin();
      return;
    }
    auto secure = net::TlsStream::server(std::move(stream_), tls);
    auto& handshaking = *secure;
    stream_ = std::move(secure);
    stream_->set_events(this);
    handshaking.handshake();
  }

 private:
  using End = Behaviour::End;

  void begin() {
    stream_->read_start();
    if (server_.behaviour_.end == End::Rush) answer();
  }

  void answer() {
    answered_ = true;
    const auto& text = server_.behaviour_.answer;
    if (text.empty()) return end();
    stream_->write(text);
  }

  void end() {
    switch (server_.behaviour_.end) {
      case End::None:
      case End::Rush:
        return;
      case End::Finish:
        return stream_->shutdown();
      case End::Reset:
      case End::HangUp:
        return server_.forget(*this);
    }
  }

  void on_connected(net::IoResult result) override {
    return result.ok() ? begin() : server_.forget(*this);
  }
  void on_written(net::IoResult result) override {
    return result.ok() ? end() : server_.forget(*this);
  }
  void on_read(std::span<const char> bytes) override {
    request_.append(bytes.data(), bytes.size());
    if (answered_ || request_.find("\r\n\r\n") == std::string::npos) return;
    if (server_.behaviour_.end == End::Reset) stream_->read_stop();
    answer();
  }
  void on_read_end(net::IoResult) override { server_.forget(*this); }

  MisbehavingServer& server_;
  std::unique_ptr<net::Stream> stream_;
  std::string request_;
  bool answered_ = false;
};

MisbehavingServer::MisbehavingServer(net::Network& network, Behaviour behaviour)
    : behaviour_(std::move(behaviour)) {
  const auto any_port = Endpoint::parse("127.0.0.1:0").value();
  listener_ =
      network
          .listen({.endpoint = any_port, .unix_path = {}},
                  [this](std::unique_ptr<net::Stream> stream) {
                    connections_.push_back(std::make_unique<Connection>(*this, std::move(stream)));
                  })
          .value();
}

MisbehavingServer::~MisbehavingServer() = default;

void MisbehavingServer::forget(Connection& connection) {
  connections_.remove_if([&connection](const auto& held) { return held.get() == &connection; });
}

}  // namespace gatewatch::tests

#include "daemon/demo/gateway.h"

#include <span>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "probes/net/http_request_parser.h"

namespace gatewatch::daemon {
namespace {

constexpr std::size_t exchange_limit = 256;

std::string bad_gateway() {
  const std::string body =
      "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
      "<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>demo-gateway</center>\r\n"
      "</body>\r\n</html>\r\n";
  return fmt::format(
      "HTTP/1.1 502 Bad Gateway\r\nServer: demo-gateway\r\nContent-Type: text/html\r\n"
      "Content-Length: {}\r\nConnection: close\r\n\r\n{}",
      body.size(), body);
}

}  // namespace

// One client's request and the origin's answer to it.
class DemoGateway::Exchange {
 public:
  Exchange(DemoGateway& gateway, std::unique_ptr<net::Stream> client)
      : gateway_(gateway), client_(std::move(client)), to_client_(*this), to_origin_(*this) {
    client_->set_events(&to_client_);
    client_->read_start();
  }

 private:
  class ClientSide final : public net::StreamEvents {
   public:
    explicit ClientSide(Exchange& exchange) : exchange_(exchange) {}
    void on_connected(net::IoResult) override {}
    void on_written(net::IoResult) override { exchange_.finish(); }
    void on_read(std::span<const char> bytes) override { exchange_.on_request(bytes); }
    void on_read_end(net::IoResult) override { exchange_.finish(); }

   private:
    Exchange& exchange_;
  };

  class OriginSide final : public net::StreamEvents {
   public:
    explicit OriginSide(Exchange& exchange) : exchange_(exchange) {}
    void on_connected(net::IoResult result) override { exchange_.on_origin(result); }
    void on_written(net::IoResult) override {}
    void on_read(std::span<const char> bytes) override {
      exchange_.answer_.append(bytes.data(), bytes.size());
    }
    void on_read_end(net::IoResult) override { exchange_.answer(); }

   private:
    Exchange& exchange_;
  };

  void on_request(std::span<const char> bytes) {
    parser_.feed(bytes);
    if (parser_.state() == net::HttpRequestParser::State::Failed) return finish();
    if (parser_.state() != net::HttpRequestParser::State::Complete || origin_ != nullptr) return;
    origin_ = gateway_.network_.stream();
    origin_->set_events(&to_origin_);
    origin_->connect(gateway_.origin_);
  }

  void on_origin(net::IoResult result) {
    if (!result.ok()) return answer();
    origin_->read_start();
    origin_->write("GET / HTTP/1.1\r\nHost: origin\r\nConnection: close\r\n\r\n");
  }

  void answer() { client_->write(answer_.empty() ? bad_gateway() : std::exchange(answer_, {})); }

  void finish() { gateway_.forget(this); }

  DemoGateway& gateway_;
  std::unique_ptr<net::Stream> client_;
  std::unique_ptr<net::Stream> origin_;
  ClientSide to_client_;
  OriginSide to_origin_;
  net::HttpRequestParser parser_{net::RequestLimits{}};
  std::string answer_;
};

std::expected<std::unique_ptr<DemoGateway>, Error> DemoGateway::start(net::Network& network,
                                                                      Endpoint origin) {
  std::unique_ptr<DemoGateway> gateway(new DemoGateway(network, origin));
  auto* const self = gateway.get();
  const config::ListenAddress address{{IpAddress::parse("127.0.0.1").value(), 0}, {}};
  auto listener = network.listen(
      address, [self](std::unique_ptr<net::Stream> client) { self->accept(std::move(client)); });
  if (!listener) return std::unexpected(listener.error());
  gateway->listener_ = std::move(*listener);
  return gateway;
}

DemoGateway::DemoGateway(net::Network& network, Endpoint origin)
    : network_(network), origin_(origin) {}

DemoGateway::~DemoGateway() = default;

void DemoGateway::forget(Exchange* exchange) {
  exchanges_.erase(exchange);
}

void DemoGateway::accept(std::unique_ptr<net::Stream> client) {
  if (exchanges_.size() >= exchange_limit) return;  // closes it
  auto exchange = std::make_unique<Exchange>(*this, std::move(client));
  auto* const key = exchange.get();
  exchanges_.emplace(key, std::move(exchange));
}

}  // namespace gatewatch::daemon

// A TCP server on 127.0.0.1 for tests of the sender, on the test's own loop: a script looks at
// what a connection has sent so far, and answers.

#pragma once

#include <functional>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "probes/net/network.h"

namespace gatewatch::tests {

class LoopbackConnection final : public net::StreamEvents {
 public:
  using Script = std::function<void(LoopbackConnection&)>;

  LoopbackConnection(std::unique_ptr<net::Stream> stream, const Script& script)
      : stream_(std::move(stream)), script_(script) {
    stream_->set_events(this);
    stream_->read_start();
    script_(*this);
  }

  std::string received;  // the script may take from it
  bool ended = false;    // by the other side
  std::size_t sent = 0;  // bytes that the kernel took
  bool endless = false;  // what is sent is sent again and again

  void send(std::string bytes) {
    outgoing_ += bytes;
    if (!writing_) flush();
  }
  void finish() {
    finishing_ = true;
    if (!writing_) stream_->shutdown();
  }
  void close() { stream_.reset(); }

  void on_connected(net::IoResult) override {}
  void on_written(net::IoResult result) override {
    writing_ = false;
    if (!result.ok()) return;
    sent += last_.size();
    if (endless) outgoing_ = last_;
    flush();
  }
  void on_read(std::span<const char> bytes) override {
    received.append(bytes.data(), bytes.size());
    script_(*this);
  }
  void on_read_end(net::IoResult) override { ended = true; }

 private:
  void flush() {
    if (outgoing_.empty()) {
      if (finishing_) stream_->shutdown();
      return;
    }
    writing_ = true;
    last_ = std::exchange(outgoing_, "");
    stream_->write(last_);
  }

  std::unique_ptr<net::Stream> stream_;
  const Script& script_;
  std::string outgoing_;
  std::string last_;
  bool writing_ = false;
  bool finishing_ = false;
};

class LoopbackServer {
 public:
  LoopbackServer(net::Network& network, LoopbackConnection::Script script)
      : script_(std::move(script)) {
    config::ListenAddress address;
    address.endpoint = *Endpoint::parse("127.0.0.1:0");
    listener_ = network
                    .listen(address,
                            [this](std::unique_ptr<net::Stream> stream) {
                              connections.emplace_back(std::move(stream), script_);
                            })
                    .value();
  }

  [[nodiscard]] std::string url(const std::string& scheme, const std::string& path = "") const {
    return scheme + "://" + listener_->local().text() + path;
  }

  std::list<LoopbackConnection> connections;

 private:
  LoopbackConnection::Script script_;
  std::unique_ptr<net::Listener> listener_;
};

// Whether the bytes are a whole HTTP request with its Content-Length.
[[nodiscard]] inline bool is_whole_request(const std::string& bytes) {
  const auto head = bytes.find("\r\n\r\n");
  if (head == std::string::npos) return false;
  const auto length = bytes.find("Content-Length: ");
  if (length > head) return true;
  return bytes.size() >= head + 4 + std::stoul(bytes.substr(length + 16));
}

// A script that answers every whole request with `response` and closes.
[[nodiscard]] inline LoopbackConnection::Script answering(const std::string& response) {
  return [response](LoopbackConnection& connection) {
    if (!is_whole_request(connection.received)) return;
    connection.send(response);
    connection.finish();
  };
}

}  // namespace gatewatch::tests

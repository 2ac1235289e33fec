// Hears everything a stream says, for tests: what came is there to read, and each event can have a
// reaction.

#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "probes/net/network.h"

namespace gatewatch::tests {

struct StreamRecorder final : net::StreamEvents {
  explicit StreamRecorder(std::unique_ptr<net::Stream> recorded = nullptr)
      : stream(std::move(recorded)) {
    if (stream) stream->set_events(this);
  }
  StreamRecorder(const StreamRecorder&) = delete;
  StreamRecorder& operator=(const StreamRecorder&) = delete;

  void on_connected(net::IoResult result) override {
    connected = result;
    ++connects;
    if (after_connected) after_connected();
  }
  void on_written(net::IoResult result) override {
    written = result;
    ++writes;
    if (after_written) after_written();
  }
  void on_read(std::span<const char> bytes) override {
    text.append(bytes.data(), bytes.size());
    if (after_read) after_read();
  }
  void on_read_end(net::IoResult result) override {
    ended = result;
    ++ends;
    if (after_end) after_end();
  }

  std::unique_ptr<net::Stream> stream;
  std::optional<net::IoResult> connected;
  std::optional<net::IoResult> written;
  std::optional<net::IoResult> ended;
  std::string text;
  int connects = 0;
  int writes = 0;
  int ends = 0;
  std::function<void()> after_connected;
  std::function<void()> after_written;
  std::function<void()> after_read;
  std::function<void()> after_end;
};

}  // namespace gatewatch::tests

// A client of our server on any network: writes what a test gives it, reads what comes.

#pragma once

#include <string>

#include "tests/fakes/stream_recorder.h"

namespace gatewatch::tests {

class WebClient {
 public:
  WebClient(net::Network& network, const Endpoint& server) : recorder_(network.stream()) {
    recorder_.after_connected = [this] {
      if (recorder_.connected->ok() && reads_) recorder_.stream->read_start();
      write_next();
    };
    recorder_.after_written = [this] {
      is_writing_ = false;
      write_next();
    };
    recorder_.stream->connect(server);
  }

  // Written once the connection stands and what was sent before is written.
  void send(std::string bytes) {
    waiting_ += bytes;
    write_next();
  }
  // From now on nothing is read.
  void stop_reading() {
    reads_ = false;
    if (recorder_.connected) recorder_.stream->read_stop();
  }
  void resume_reading() {
    reads_ = true;
    if (recorder_.connected) recorder_.stream->read_start();
  }
  [[nodiscard]] const std::string& received() const { return recorder_.text; }
  [[nodiscard]] bool is_closed() const { return recorder_.ended.has_value(); }
  [[nodiscard]] bool is_closed_cleanly() const {
    return is_closed() && recorder_.ended->status == net::IoStatus::EndOfStream;
  }
  // How many times `text` came.
  [[nodiscard]] int count(const std::string& text) const {
    int times = 0;
    for (auto at = received().find(text); at != std::string::npos;
         at = received().find(text, at + text.size())) {
      ++times;
    }
    return times;
  }

 private:
  void write_next() {
    if (!recorder_.connected || !recorder_.connected->ok() || is_writing_ || waiting_.empty())
      return;
    is_writing_ = true;
    recorder_.stream->write(std::exchange(waiting_, {}));
  }

  StreamRecorder recorder_;
  std::string waiting_;
  bool is_writing_ = false;
  bool reads_ = true;
};

}  // namespace gatewatch::tests

#include "probes/dialer.h"

#include <algorithm>
#include <utility>

namespace gatewatch {
namespace {

// How much a failed connect says of the target. Our own lack of resources says nothing of it.
int telling(net::IoStatus status) {
  switch (status) {
    case net::IoStatus::Refused:
    case net::IoStatus::Reset:
      return 4;
    case net::IoStatus::TimedOut:
      return 3;
    case net::IoStatus::Unreachable:
      return 2;
    case net::IoStatus::Other:
      return 1;
    default:
      return 0;
  }
}

}  // namespace

class Dialer::Attempt final : public net::StreamEvents {
 public:
  Attempt(Dialer& dialer, std::unique_ptr<net::Stream> stream, const Endpoint& endpoint)
      : dialer_(dialer), stream_(std::move(stream)), endpoint_(endpoint) {
    stream_->set_events(this);
    stream_->connect(endpoint_);
  }

  void on_connected(net::IoResult result) override {
    result_ = result;
    dialer_.on_attempt(*this, result);
  }
  // Nothing is written or read before the stream is handed on.
  void on_written(net::IoResult /*result*/) override {}
  void on_read(std::span<const char> /*bytes*/) override {}
  void on_read_end(net::IoResult /*result*/) override {}

  [[nodiscard]] std::unique_ptr<net::Stream> take_stream() {
    stream_->set_events(nullptr);
    return std::move(stream_);
  }
  void close() { stream_.reset(); }
  [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }
  [[nodiscard]] const std::optional<net::IoResult>& result() const { return result_; }

 private:
  Dialer& dialer_;
  std::unique_ptr<net::Stream> stream_;
  Endpoint endpoint_;
  std::optional<net::IoResult> result_;  // nothing: still connecting
};

Dialer::Dialer(net::Network& network, std::vector<Endpoint> endpoints)
    : network_(network), endpoints_(std::move(endpoints)) {}

Dialer::~Dialer() = default;

void Dialer::start(Done done) {
  done_ = std::move(done);
  start_next();
}

void Dialer::start_next() {
  timer_.reset();
  const auto& endpoint = endpoints_[attempts_.size()];
  attempts_.push_back(std::make_unique<Attempt>(*this, network_.stream(), endpoint));
  if (attempts_.size() < endpoints_.size()) {
    timer_ = network_.timer();
    timer_->start(attempt_delay, [this] { start_next(); });
  }
}

void Dialer::on_attempt(Attempt& attempt, net::IoResult result) {
  if (result.ok()) {
    Dialed dialed{attempt.take_stream(), attempt.endpoint(), result, std::nullopt, std::nullopt};
    for (const auto& tried : attempts_) {
      if (tried.get() == &attempt) break;
      const auto family = tried->endpoint().address.family;
      if (family != attempt.endpoint().address.family) dialed.broken_family = family;
    }
    const auto& first = *attempts_.front();
    if (&first != &attempt) {
      const net::IoResult silent{net::IoStatus::TimedOut, 0};
      dialed.failed_before = {first.endpoint(), first.result().value_or(silent)};
    }
    return finish(std::move(dialed));
  }
  attempt.close();
  if (attempts_.size() < endpoints_.size()) return start_next();
  const auto has_failed = [](const auto& tried) { return tried->result().has_value(); };
  if (!std::ranges::all_of(attempts_, has_failed)) return;
  const auto& worst = **std::ranges::max_element(
      attempts_, {}, [](const auto& tried) { return telling(tried->result()->status); });
  finish({nullptr, worst.endpoint(), *worst.result(), std::nullopt, std::nullopt});
}

void Dialer::finish(Dialed dialed) {
  timer_.reset();
  attempts_.clear();
  auto done = std::move(done_);
  done(std::move(dialed));
}

}  // namespace gatewatch

#include "probes/route_probe.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace gatewatch {
namespace {

// The first probe resolves the name; the others begin when it has, and find the answer cached.
class AddressFan final : public Probe {
 public:
  AddressFan(net::Network& network, std::shared_ptr<const ProbeIdentity> identity,
             std::shared_ptr<const Target> target, ProbeKind kind, std::uint64_t turn,
             std::function<void(Result&&)> also)
      : network_(network),
        identity_(std::move(identity)),
        target_(std::move(target)),
        kind_(kind),
        first_number_(turn * most_addresses_at_once),
        also_(std::move(also)) {}

  void start(Done done) override {
    done_ = std::move(done);
    began_ = network_.clock().now();
    begin({.kind = kind_,
           .number = first_number_,
           .began = began_,
           .on_addresses = [this](std::size_t count) { begin_others(count); }});
  }

 private:
  void begin_others(std::size_t count) {
    const auto probes = std::min(count, most_addresses_at_once);
    for (std::size_t index = 1; index < probes; ++index) {
      begin({.kind = kind_,
             .number = first_number_ + index,
             .began = began_,
             .on_addresses = nullptr});
    }
  }

  void begin(ProbeTurn turn) {
    const auto index = probes_.size();
    probes_.push_back(make_http_probe(network_, identity_, target_, std::move(turn)));
    ++in_flight_;
    probes_.back()->start([this, index](Result&& result) { on_done(index, std::move(result)); });
  }

  void on_done(std::size_t index, Result&& result) {
    // The probe is on the stack: it is destroyed when this function has returned to nobody else.
    const auto finished = std::move(probes_[index]);
    if (--in_flight_ > 0) {
      result.turn_goes_on = true;
      return also_(std::move(result));
    }
    auto done = std::move(done_);
    done(std::move(result));
  }

  net::Network& network_;
  std::shared_ptr<const ProbeIdentity> identity_;
  std::shared_ptr<const Target> target_;
  const ProbeKind kind_;
  const std::uint64_t first_number_;
  std::function<void(Result&&)> also_;
  Done done_;
  Instant began_{};
  std::vector<std::unique_ptr<Probe>> probes_;  // null: it has ended
  std::size_t in_flight_ = 0;
};

}  // namespace

std::unique_ptr<Probe> make_route_probe(net::Network& network,
                                        std::shared_ptr<const ProbeIdentity> identity,
                                        std::shared_ptr<const Target> target, ProbeKind kind,
                                        std::uint64_t turn, std::function<void(Result&&)> also) {
  if (target->route.addresses == config::AddressChoice::All) {
    return std::make_unique<AddressFan>(network, std::move(identity), std::move(target), kind, turn,
                                        std::move(also));
  }
  return make_http_probe(network, std::move(identity), std::move(target),
                         {.kind = kind, .number = turn, .began = {}, .on_addresses = {}});
}

}  // namespace gatewatch

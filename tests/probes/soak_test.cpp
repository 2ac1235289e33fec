// Thousands of probes against servers that misbehave, half of them cancelled at a random moment:
// nothing may leak, hang or call back after its end. The seed is printed; SOAK_SEED sets it.

#include <cstdlib>
#include <list>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/fakes/certificate_maker.h"
#include "tests/fakes/temporary_directory.h"
#include "tests/fakes/uv_harness.h"
#include "tests/probes/misbehaving_server.h"
#include "tests/probes/probe_fixture.h"

using namespace gatewatch;
using namespace gatewatch::tests;
using namespace std::chrono_literals;
using End = Behaviour::End;

namespace {

constexpr int all_probes = 3000;
constexpr int most_in_flight = 100;

std::uint64_t choose_seed() {
  const char* const given = std::getenv("SOAK_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

std::vector<Behaviour> plain_behaviours() {
  const std::string half = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf";
  const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  return {
      {ok, End::None, nullptr},
      {ok, End::Rush, nullptr},
      {ok, End::HangUp, nullptr},
      {"", End::None, nullptr},
      {"", End::Finish, nullptr},
      {"", End::Reset, nullptr},
      {half, End::None, nullptr},
      {half, End::Finish, nullptr},
      {half, End::Reset, nullptr},
      {"HTTP/1.1 200 OK\r\nServer:", End::Finish, nullptr},
      {"HTTP/1.1 200 OK\r\n\r\n" + std::string(2 << 20, 'x'), End::Finish, nullptr},
      {"HTTP/1.1 302 Found\r\nLocation: /again\r\n\r\n", End::Finish, nullptr},
      {"\x15\x03\x01 no HTTP \xFF", End::Finish, nullptr},
  };
}

class Soak {
 public:
  explicit Soak(std::uint64_t seed) : random_(seed) {
    const auto certificate = make_self_signed({.names = {"127.0.0.1"}});
    const auto files = certificate.write(directory_.path(), "server");
    const auto context = net::TlsContext::server(files).value();
    for (const auto& behaviour : plain_behaviours()) {
      auto secure = behaviour;
      secure.tls = context;
      add_server(behaviour, "http");
      add_server(secure, "https");
    }
    // Each scheme met with the other.
    add_server({"", End::Finish, nullptr}, "https");
    add_server({"", End::Finish, context}, "http");
  }

  void run() {
    REQUIRE(harness_.run_until([this] { return refill(); }, 240s));
    CHECK(begun_ == all_probes);
    CHECK(finished_ + cancelled_ == all_probes);
    CHECK(finished_ > all_probes / 4);
    CHECK(cancelled_ > all_probes / 4);
  }

 private:
  struct InFlight {
    std::unique_ptr<Probe> probe;
    std::unique_ptr<net::Timer> cancellation;  // null: goes to its end
  };
  using Flight = std::list<InFlight>::iterator;

  void add_server(const Behaviour& behaviour, const std::string& scheme) {
    servers_.push_back(std::make_unique<MisbehavingServer>(harness_.network(), behaviour));
    auto route = make_route(servers_.back()->url(scheme));
    route.timeout = 100ms;
    route.tls.verify = random_() % 4 == 0;
    if (random_() % 2 == 0) {
      route.method = "POST";
      route.body = std::string(more_than_one_read, 'x');
    }
    auto target = factory_.create(route);
    REQUIRE(target.has_value());
    targets_.push_back(*target);
  }

  // Keeps many in flight; whether all are over.
  bool refill() {
    while (begun_ < all_probes && in_flight_.size() < most_in_flight) begin();
    return begun_ == all_probes && in_flight_.empty();
  }

  void begin() {
    const auto& target = targets_[random_() % targets_.size()];
    const auto flight = in_flight_.insert(in_flight_.end(), InFlight{});
    flight->probe = make_http_probe(harness_.network(), identity_, target,
                                    {.kind = ProbeKind::Scheduled,
                                     .number = static_cast<std::uint64_t>(begun_++),
                                     .began = {},
                                     .on_addresses = {}});
    flight->probe->start([this, flight](const Result& result) {
      // A busy machine may stand still for as long as these timeouts.
      CHECK((result.outcome != Outcome::Vantage || result.reason == "stalled"));
      ++finished_;
      in_flight_.erase(flight);
    });
    if (random_() % 2 == 0) return;
    flight->cancellation = harness_.network().timer();
    flight->cancellation->start(std::chrono::microseconds(random_() % 20'000), [this, flight] {
      ++cancelled_;
      in_flight_.erase(flight);
    });
  }

  TemporaryDirectory directory_;
  UvHarness harness_;
  std::mt19937_64 random_;
  TargetFactory factory_;
  std::shared_ptr<const ProbeIdentity> identity_ =
      std::make_shared<const ProbeIdentity>(make_identity());
  std::vector<std::unique_ptr<MisbehavingServer>> servers_;
  std::vector<std::shared_ptr<const Target>> targets_;
  std::list<InFlight> in_flight_;
  int begun_ = 0;
  int finished_ = 0;
  int cancelled_ = 0;
};

}  // namespace

TEST_CASE("3000 probes against misbehaving servers leave nothing behind") {
  const auto seed = choose_seed();
  MESSAGE("SOAK_SEED=" << seed);
  Soak(seed).run();  // its harness checks that the loop closes without a leaked handle
}

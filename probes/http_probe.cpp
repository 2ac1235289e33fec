#include "probes/http_probe.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "probes/address_choice.h"
#include "probes/dialer.h"
#include "probes/failure.h"
#include "probes/net/http_exchange.h"
#include "probes/net/invariant.h"
#include "probes/net/tls_stream.h"
#include "probes/phase_clock.h"
#include "probes/redirect.h"
#include "probes/request_writer.h"
#include "probes/result_facts.h"

namespace gatewatch {
namespace {

// A deadline that is noticed later than this was missed by our own loop.
constexpr std::chrono::milliseconds lateness_allowed{100};
constexpr int lateness_share = 40;  // and more than this part of the timeout makes it our fault
// What is in the kernel is read within this, also by thousands of probes at once.
constexpr std::chrono::milliseconds catch_up_time{100};

// Each hop goes through these in order; a proxy is greeted where there is one to greet, and
// Waiting is left out where the answer begins before the request is sent whole.
enum class State : std::uint8_t {
  Idle,
  Resolving,
  Connecting,
  Greeting,  // the proxy, for a tunnel
  Handshaking,
  Sending,
  Waiting,
  Receiving,
};

Phase phase_of(State state) {
  switch (state) {
    case State::Idle:
    case State::Resolving:
      return Phase::Dns;
    case State::Connecting:
    case State::Greeting:
      return Phase::Connect;
    case State::Handshaking:
      return Phase::Tls;
    case State::Sending:
      return Phase::Send;
    case State::Waiting:
      return Phase::Wait;
    case State::Receiving:
      break;
  }
  return Phase::Receive;
}

class HttpProbe final : public Probe, private net::StreamEvents {
 public:
  HttpProbe(net::Network& network, std::shared_ptr<const ProbeIdentity> identity,
            std::shared_ptr<const Target> target, ProbeTurn turn)
      : network_(network),
        identity_(std::move(identity)),
        target_(std::move(target)),
        turn_(std::move(turn)) {
    result_.kind = turn_.kind;
    result_.region = identity_->region;
    result_.route = target_->route->id();
    result_.interval = target_->route->interval;
  }

  void start(Done done) override;

 private:
  void begin_hop(Hop hop);
  void on_resolved(const net::Resolution& resolution);
  void on_dialed(Dialed dialed);
  void begin_greeting();
  void act_on_greeting();
  void begin_tls_or_request();
  void begin_handshake();
  void begin_request();
  void send(std::string bytes);
  void act_on_exchange();
  void follow_redirect();
  void judge_response();
  void on_deadline();

  void on_connected(net::IoResult result) override;  // of the TLS handshake
  void on_written(net::IoResult result) override;
  void on_read(std::span<const char> bytes) override;
  void on_read_end(net::IoResult result) override;

  void enter(State state);
  void fail_connection(net::IoResult result);
  void finish(Verdict verdict);
  void fill_result(Verdict verdict);

  [[nodiscard]] const config::Route& route() const { return *target_->route; }
  [[nodiscard]] const Hop& hop() const { return hops_.back(); }
  [[nodiscard]] bool permits_literal(const Url& url) const;  // true where its host is a name
  [[nodiscard]] config::AddressChoice address_choice() const;
  [[nodiscard]] bool uses_tunnel() const;       // the proxy is asked for one
  [[nodiscard]] bool is_before_target() const;  // what we speak with is still the proxy alone
  [[nodiscard]] Verdict blame(Verdict failure) const;

  net::Network& network_;
  std::shared_ptr<const ProbeIdentity> identity_;
  std::shared_ptr<const Target> target_;
  ProbeTurn turn_;
  Done done_;
  Result result_;

  State state_ = State::Idle;
  PhaseClock phases_;
  std::vector<Hop> hops_;  // all so far; the last one is in flight
  std::unique_ptr<net::Timer> deadline_;
  Instant deadline_at_{};
  std::optional<std::chrono::nanoseconds> lateness_;  // of the deadline, once it has passed
  std::unique_ptr<net::Lookup> lookup_;
  std::unique_ptr<Dialer> dialer_;
  std::unique_ptr<ProxyGreeting> greeting_;
  std::unique_ptr<net::Stream> stream_;
  net::TlsStream* tls_ = nullptr;  // stream_, where it is TLS
  std::optional<net::HttpExchange> exchange_;
  bool is_writing_ = false;
  bool write_reset_ = false;   // the server closed while we were sending
  std::string fallback_note_;  // an address or a family that failed before another one answered
};

void HttpProbe::start(Done done) {
  net::require(state_ == State::Idle && !done_, "a probe starts once");
  done_ = std::move(done);
  const auto now = network_.clock().now();
  const auto began = turn_.began.value_or(now);
  result_.started = network_.clock().wall_now() -
                    std::chrono::duration_cast<std::chrono::microseconds>(now - began);
  result_.trace_id = make_trace_id(identity_->random);
  phases_.start(began);
  deadline_at_ = began + route().timeout;
  deadline_ = network_.timer();
  deadline_->start(std::max(deadline_at_ - now, std::chrono::nanoseconds(0)),
                   [this] { on_deadline(); });
  begin_hop({route().url, route().method, true, true});
}

void HttpProbe::enter(State state) {
  phases_.charge(phase_of(state_), network_.clock().now());
  state_ = state;
}

// --- Address and connection ---------------------------------------------------------------------

void HttpProbe::begin_hop(Hop hop) {
  enter(State::Resolving);
  hops_.push_back(std::move(hop));
  exchange_.reset();
  is_writing_ = false;
  write_reset_ = false;
  clear_hop_facts(result_);
  const auto& proxy = target_->proxy;
  const auto host = proxy ? proxy->host : this->hop().url.dns_name();
  const auto family = proxy ? config::IpPreference::Any : route().ip;
  lookup_ = network_.resolver(route().resolver)
                .resolve(host, family,
                         [this](const net::Resolution& resolution) { on_resolved(resolution); });
}

bool HttpProbe::permits_literal(const Url& url) const {
  const auto address = IpAddress::parse(url.host);
  return !address || identity_->policy.permits(*address);
}

void HttpProbe::on_resolved(const net::Resolution& resolution) {
  const auto& proxy = target_->proxy;
  const auto& url = hop().url;
  const auto& host = proxy ? proxy->host : url.host;
  if (resolution.status != net::DnsStatus::Ok) {
    return finish(blame(resolution_failure(resolution, host, route().resolver)));
  }
  if (hops_.size() == 1 && !IpAddress::parse(host) && !resolution.is_partial) {
    result_.resolved = ResolvedAddresses(resolution.addresses);
  }
  // The target's name is the proxy's to resolve, but an address is checked whoever connects to it.
  if (!permits_literal(url)) return finish(target_refusal(url.host));
  auto permitted = permitted_addresses(resolution.addresses, identity_->policy);
  if (permitted.empty()) {
    return finish(hops_.size() > 1 ? redirect_target_refusal(host) : target_refusal(host));
  }
  if (resolution.broken_family) {
    fallback_note_ = fmt::format("{}: {}", host, resolution.detail);
    result_.broken_family = resolution.broken_family;
  }
  if (turn_.on_addresses) std::exchange(turn_.on_addresses, nullptr)(permitted.size());
  const auto addresses = order_addresses(std::move(permitted), address_choice(), turn_.number);
  std::vector<Endpoint> endpoints;
  for (const auto& address : addresses) {
    endpoints.push_back({address, proxy ? proxy->port : url.port});
  }
  result_.remote = endpoints.front();
  enter(State::Connecting);
  dialer_ = std::make_unique<Dialer>(network_, std::move(endpoints));
  dialer_->start([this](Dialed dialed) { on_dialed(std::move(dialed)); });
}

// Each address answers for itself only where the route's own name is asked for: what a redirect
// leads to is not its business.
config::AddressChoice HttpProbe::address_choice() const {
  const bool is_own = target_->proxy || hop().url.host == route().url.host;
  const bool all = route().addresses == config::AddressChoice::All;
  return all && !is_own ? config::AddressChoice::Rotate : route().addresses;
}

void HttpProbe::on_dialed(Dialed dialed) {
  result_.remote = dialed.endpoint;
  dialer_.reset();
  if (!dialed.stream) return finish(blame(connect_failure(dialed.result, dialed.endpoint)));
  if (dialed.failed_before) {
    const auto& [endpoint, result] = *dialed.failed_before;
    fallback_note_ = connect_failure(result, endpoint).detail + "; another address answered";
    if (dialed.broken_family) result_.broken_family = dialed.broken_family;
  }
  stream_ = std::move(dialed.stream);
  stream_->set_events(this);
  if (uses_tunnel()) return begin_greeting();
  begin_tls_or_request();
}

// --- Proxy --------------------------------------------------------------------------------------

bool HttpProbe::uses_tunnel() const {
  const auto& proxy = target_->proxy;
  return proxy && (proxy->kind == ProxyKind::Socks5 || hop().url.is_https());
}

bool HttpProbe::is_before_target() const {
  return target_->proxy && state_ <= State::Greeting;
}

// What goes wrong between us and the proxy is the proxy's: all until its tunnel stands; without a
// tunnel, a connection that ends before any answer.
Verdict HttpProbe::blame(Verdict failure) const {
  const bool unanswered =
      target_->proxy && !uses_tunnel() && exchange_ && !exchange_->has_first_byte();
  const bool is_proxys = is_before_target() || unanswered;
  return is_proxys ? proxy_failure(*target_->proxy, failure) : std::move(failure);
}

void HttpProbe::begin_greeting() {
  enter(State::Greeting);
  greeting_ = make_proxy_greeting(*target_->proxy, hop().url, identity_->user_agent);
  stream_->read_start();
  act_on_greeting();
}

void HttpProbe::act_on_greeting() {
  if (const auto& fault = greeting_->fault()) return finish(proxy_failure(*target_->proxy, *fault));
  if (is_writing_) return;  // on_written comes back here
  if (greeting_->is_complete()) {
    stream_->read_stop();
    greeting_.reset();
    return begin_tls_or_request();
  }
  if (auto output = greeting_->take_output(); !output.empty()) send(std::move(output));
}

// --- TLS ----------------------------------------------------------------------------------------

void HttpProbe::begin_tls_or_request() {
  if (hop().url.is_https()) return begin_handshake();
  begin_request();
}

void HttpProbe::begin_handshake() {
  enter(State::Handshaking);
  const bool at_home = hop().with_credentials;
  const auto& configured = route().tls.server_name;
  auto tls = net::TlsStream::client(
      std::move(stream_), at_home ? target_->tls : target_->tls_elsewhere,
      at_home && !configured.empty() ? configured : hop().url.host, network_.clock().wall_now());
  tls_ = tls.get();
  stream_ = std::move(tls);
  stream_->set_events(this);
  tls_->handshake();
}

void HttpProbe::on_connected(net::IoResult result) {
  if (!result.ok()) return fail_connection(result);
  begin_request();
}

// --- Request and response -----------------------------------------------------------------------

void HttpProbe::begin_request() {
  enter(State::Sending);
  RequestDetails details;
  details.user_agent = identity_->user_agent;
  details.traceparent = traceparent(result_.trace_id, make_span_id(identity_->random));
  if (target_->proxy && !uses_tunnel()) {
    details.form = TargetForm::Absolute;
    details.proxy_authorization = target_->proxy->authorization();
  }
  net::ExchangeLimits limits;
  limits.body = route().max_body;
  limits.kept =
      std::max<std::uint64_t>(target_->judge->body_bytes_needed(), Evidence::longest_body);
  limits.unhashed = &route().expect.status;
  exchange_.emplace(hop().method, limits);
  stream_->read_start();  // an answer may come before the request is sent whole
  send(write_request(route(), hop(), details));
}

void HttpProbe::send(std::string bytes) {
  is_writing_ = true;
  stream_->write(std::move(bytes));
}

void HttpProbe::on_written(net::IoResult result) {
  is_writing_ = false;
  if (greeting_) return result.ok() ? act_on_greeting() : fail_connection(result);
  if (state_ != State::Sending) return;  // the answer, already on its way, says it all
  write_reset_ = result.status == net::IoStatus::Reset;
  if (!result.ok() && !write_reset_) return fail_connection(result);
  // After a reset, what the server said before may still be there to be read.
  enter(State::Waiting);
}

void HttpProbe::on_read(std::span<const char> bytes) {
  if (greeting_) {
    greeting_->feed(bytes);
    return act_on_greeting();
  }
  exchange_->feed(bytes);
  if (state_ != State::Receiving) enter(State::Receiving);
  act_on_exchange();
}

void HttpProbe::on_read_end(net::IoResult result) {
  const bool ended = result.status == net::IoStatus::EndOfStream;
  if (!ended) return fail_connection(result);
  if (greeting_) {
    greeting_->end();
    return act_on_greeting();
  }
  if (write_reset_ && !exchange_->has_first_byte()) return fail_connection({net::IoStatus::Reset});
  const bool in_body = exchange_->state() == net::ExchangeState::Body;
  exchange_->end();
  const bool by_end = in_body && exchange_->state() == net::ExchangeState::Complete;
  if (by_end && tls_ != nullptr && !tls_->clean_end()) {
    return finish({Outcome::IncompleteBody, "",
                   "the body was to last to the end of the connection, which came without the "
                   "close_notify of TLS"});
  }
  act_on_exchange();
}

void HttpProbe::act_on_exchange() {
  const bool may_follow = exchange_->has_head() && route().redirects > 0;
  if (may_follow && is_redirect(exchange_->response().status)) return follow_redirect();
  if (exchange_->state() == net::ExchangeState::Failed) {
    return finish(blame(exchange_failure(*exchange_)));
  }
  if (exchange_->state() == net::ExchangeState::Complete) judge_response();
}

// The body of a redirect is nobody's business: its head is enough to go on.
void HttpProbe::follow_redirect() {
  auto decision =
      decide_redirect(hops_, route().redirects, !route().body.empty(), exchange_->response());
  if (!decision.follow) return finish(std::move(decision.verdict));
  const auto& next = decision.next.url;
  if (!permits_literal(next)) return finish(redirect_target_refusal(next.host));
  ++result_.redirects;
  stream_.reset();
  tls_ = nullptr;
  begin_hop(std::move(decision.next));
}

void HttpProbe::judge_response() {
  const auto& response = exchange_->response();
  if (response.status == 407 && target_->proxy && !uses_tunnel()) {
    return finish(
        proxy_failure(*target_->proxy, ProxyFault{"authentication", "wants authentication (407)"}));
  }
  enter(state_);  // the time up to now counts
  finish(target_->judge->judge(response, phases_.timings().total()));
}

// --- The end ------------------------------------------------------------------------------------

// Where the loop comes late, the answer may lie in the kernel already: it is read before anything
// is said of the target, and where that is not enough the fault is ours.
void HttpProbe::on_deadline() {
  if (!lateness_) {
    lateness_ = network_.clock().now() - deadline_at_;
    if (*lateness_ > lateness_allowed) {
      return deadline_->start(catch_up_time, [this] { on_deadline(); });
    }
  }
  if (*lateness_ > lateness_allowed && *lateness_ > route().timeout / lateness_share) {
    return finish(stalled_deadline(phase_of(state_), route().timeout,
                                   std::chrono::duration_cast<config::Duration>(*lateness_)));
  }
  if (lookup_ != nullptr && lookup_->so_far() == net::DnsStatus::NoResolver &&
      state_ == State::Resolving) {
    net::Resolution resolution;
    resolution.status = net::DnsStatus::NoResolver;
    resolution.detail = "no name server has answered anything since it was asked for";
    return on_resolved(resolution);
  }
  auto failure = deadline_failure(phase_of(state_), route().timeout);
  finish(is_before_target() ? proxy_failure(*target_->proxy, failure) : std::move(failure));
}

void HttpProbe::fail_connection(net::IoResult result) {
  if (tls_ != nullptr && tls_->failure()) return finish(tls_failure(*tls_->failure()));
  finish(blame(connection_failure(result, phase_of(state_))));
}

void HttpProbe::fill_result(Verdict verdict) {
  result_.outcome = verdict.outcome;
  result_.reason = std::move(verdict.reason);
  result_.detail = std::move(verdict.detail);
  if (result_.detail.empty()) result_.detail = std::move(fallback_note_);
  result_.last_phase = phase_of(state_);
  result_.timings = phases_.timings();
  if (tls_ != nullptr) keep_tls_facts(result_, *tls_);
  const auto* const answer = exchange_ ? &*exchange_ : greeting_ ? greeting_->answer() : nullptr;
  if (answer != nullptr) keep_response_facts(result_, *answer);
  // One that was refused has failed already, and of one that nobody verified nothing is known.
  if (result_.certificate && tls_ != nullptr && tls_->certificate_verified()) {
    const auto now = network_.clock().wall_now();
    result_.cert_expiring = target_->judge->expires_soon(*result_.certificate, now);
  }
  const auto& host = target_->proxy ? target_->proxy->host : hop().url.host;
  keep_evidence(result_, {.answer = answer, .tls = tls_, .host = host}, *target_);
}

// The only exit. Everything is closed before `done_`, which may destroy this probe.
void HttpProbe::finish(Verdict verdict) {
  enter(state_);
  fill_result(std::move(verdict));
  deadline_.reset();
  lookup_.reset();
  dialer_.reset();
  greeting_.reset();
  tls_ = nullptr;
  stream_.reset();
  exchange_.reset();
  auto done = std::move(done_);
  done(std::move(result_));
}

}  // namespace

std::unique_ptr<Probe> make_http_probe(net::Network& network,
                                       std::shared_ptr<const ProbeIdentity> identity,
                                       std::shared_ptr<const Target> target, ProbeTurn turn) {
  return std::make_unique<HttpProbe>(network, std::move(identity), std::move(target),
                                     std::move(turn));
}

}  // namespace gatewatch

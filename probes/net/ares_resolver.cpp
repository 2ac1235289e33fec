#include "probes/net/ares_resolver.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "probes/net/hosts_file.h"
#include "probes/net/resolution.h"

namespace gatewatch::net {
namespace {

using config::IpPreference;

constexpr std::size_t cache_limit = 4096;  // names
constexpr std::size_t most_alone = 64;     // channels
constexpr int attempts_per_server = 2;     // where there are several

class AresResolver;
using Shared = std::shared_ptr<const Resolution>;
using Channels = std::vector<std::unique_ptr<AresChannel>>;

struct Key {
  std::string name;  // canonical
  bool absolute = false;
  IpPreference family = IpPreference::Any;

  friend auto operator<=>(const Key&, const Key&) = default;
};

Shared failed(DnsStatus status, std::string detail) {
  auto resolution = std::make_shared<Resolution>();
  resolution->status = status;
  resolution->detail = std::move(detail);
  return resolution;
}

// When any server answered anything, and when one was asked in vain what each of them knows.
struct Hearing {
  Instant heard = Instant::min();
  Instant asked_in_vain = Instant::min();

  [[nodiscard]] bool is_deaf_since(Instant began) const {
    return heard < began && asked_in_vain >= began;
  }
};

// Delivers on the next turn, whenever the answer was known.
class AresLookup final : public Lookup {
 public:
  AresLookup(UvLoop& loop, Resolver::Done done) : loop_(loop), done_(std::move(done)) {}
  ~AresLookup() override;

  [[nodiscard]] DnsStatus so_far() const override {
    const bool is_deaf = hearing_ != nullptr && hearing_->is_deaf_since(began_);
    return is_deaf ? DnsStatus::NoResolver : DnsStatus::Timeout;
  }

  // `began`: when the question did.
  void wait_for(std::set<AresLookup*>& waiters, const Hearing& hearing, Instant began) {
    hearing_ = &hearing;
    began_ = began;
    waiters_ = &waiters;
    waiters.insert(this);
  }
  void answer(Shared resolution) {
    waiters_ = nullptr;
    answer_ = loop_.defer([this, resolution = std::move(resolution)] {
      auto done = std::move(done_);
      done(*resolution);
    });
  }

 private:
  UvLoop& loop_;
  const Hearing* hearing_ = nullptr;
  Instant began_{};
  Resolver::Done done_;
  UvLoop::DeferredId answer_ = 0;
  std::set<AresLookup*>* waiters_ = nullptr;
};

AresLookup::~AresLookup() {
  loop_.cancel(answer_);
  if (waiters_ != nullptr) waiters_->erase(this);
}

// One name on its way. Lives until every family has answered, also when nobody waits any more.
// The families go through the search list together: addresses of two names are never mixed.
struct Inquiry {
  Inquiry(UvLoop& loop, Key asked, Instant now)
      : key(std::move(asked)), began(now), patience(loop) {}

  Key key;
  const Instant began;
  const Channels* channels = nullptr;  // that it began on; they stay while a question is in flight
  std::vector<std::string> names;      // to ask for in turn
  std::size_t position = 0;            // of the one that is asked for
  DnsStatus failure = DnsStatus::NxDomain;  // of those before
  std::vector<IpFamily> families;
  FamilyAnswers answers;
  std::set<AresLookup*> waiters;
  UvTimer patience;
  bool patient = true;
  Shared resolution;  // once it is known
};

class AresResolver final : public Resolver {
 public:
  AresResolver(UvLoop& loop, const Clock& clock, AresResolverSettings settings)
      : loop_(loop),
        clock_(clock),
        settings_(std::move(settings)),
        hosts_(settings_.hosts_path),
        configured_(clock.now()),
        silence_timer_(loop) {
    open_channels();
  }
  AresResolver(const AresResolver&) = delete;
  AresResolver& operator=(const AresResolver&) = delete;
  ~AresResolver() override { loop_.cancel(sweep_); }

  [[nodiscard]] std::unique_ptr<Lookup> resolve(const std::string& host, IpPreference family,
                                                Done done) override;

 private:
  struct CacheEntry {
    Shared resolution;
    Instant expires;
  };

  void open_channels();
  void follow_configuration();
  [[nodiscard]] Shared known(const std::string& host, const std::optional<std::string>& name,
                             IpPreference family);
  [[nodiscard]] Shared cached(const Key& key);
  void keep(const Key& key, const Shared& resolution);
  [[nodiscard]] std::shared_ptr<Inquiry> inquire(const Key& key);
  void ask_families(const std::shared_ptr<Inquiry>& inquiry);
  void ask(const std::shared_ptr<Inquiry>& inquiry, std::size_t slot, std::size_t channel);
  void ask_alone(const std::shared_ptr<Inquiry>& inquiry, std::size_t slot);
  void sweep_later();
  void answered(const std::shared_ptr<Inquiry>& inquiry, std::size_t slot, AresAnswer answer);
  void complete(const Inquiry& inquiry);
  void watch_silence();
  void ask_root();
  void settle(const std::shared_ptr<Inquiry>& inquiry);
  void finish(const std::shared_ptr<Inquiry>& inquiry, Resolution resolution);
  [[nodiscard]] std::string describe(DnsStatus status, const std::string& name) const;

  UvLoop& loop_;
  const Clock& clock_;
  AresResolverSettings settings_;
  HostsFile hosts_;
  std::string resolv_version_;
  Instant configured_;
  // One per server, each beginning with another: after SERVFAIL or REFUSED the next one is asked.
  std::unique_ptr<Channels> channels_;
  std::vector<std::unique_ptr<Channels>> retired_;   // of an earlier configuration, until idle
  std::vector<std::unique_ptr<AresChannel>> alone_;  // of one question each, until swept
  UvLoop::DeferredId sweep_ = 0;
  std::vector<std::string> servers_;
  SearchList search_;
  std::map<Key, std::shared_ptr<Inquiry>> inquiries_;  // not yet answered
  std::map<Key, CacheEntry> cache_;
  Hearing hearing_;
  Instant silent_since_{};  // at the earliest, while the timer runs
  bool watching_silence_ = false;
  bool asking_root_ = false;
  UvTimer silence_timer_;
};

void AresResolver::open_channels() {
  channels_ = std::make_unique<Channels>();
  servers_.clear();
  resolv_version_ = file_version(settings_.channel.resolv_path);
  if (!settings_.broken.empty()) return;
  auto first = AresChannel::create(loop_, settings_.channel);
  if (!first) return;
  servers_ = first->servers();
  search_ =
      settings_.search_domains ? read_search_list(settings_.channel.resolv_path) : SearchList{};
  if (servers_.size() < 2) return channels_->push_back(std::move(first));
  auto settings = settings_.channel;
  settings.attempts = attempts_per_server;
  auto order = servers_;
  for (std::size_t turn = 0; turn < servers_.size(); ++turn) {
    settings.servers = fmt::format("{}", fmt::join(order, ","));
    if (auto next = AresChannel::create(loop_, settings)) channels_->push_back(std::move(next));
    std::ranges::rotate(order, order.begin() + 1);
  }
}

// Questions in flight stay with the channels that they were asked on.
void AresResolver::follow_configuration() {
  if (!settings_.channel.servers.empty()) return;
  if (clock_.now() - configured_ < settings_.configuration_check) return;
  configured_ = clock_.now();
  std::erase_if(retired_, [](const auto& channels) {
    return std::ranges::all_of(*channels,
                               [](const auto& channel) { return channel->questions() == 0; });
  });
  if (file_version(settings_.channel.resolv_path) == resolv_version_) return;
  retired_.push_back(std::move(channels_));
  open_channels();
}

std::unique_ptr<Lookup> AresResolver::resolve(const std::string& host, IpPreference family,
                                              Done done) {
  auto lookup = std::make_unique<AresLookup>(loop_, std::move(done));
  if (const auto literal = IpAddress::parse(host)) {
    lookup->answer(std::make_shared<Resolution>(resolution_of({*literal}, family, host)));
    return lookup;
  }
  const auto name = canonical_name(host);
  if (auto resolution = known(host, name, family)) {
    lookup->answer(std::move(resolution));
    return lookup;
  }
  const auto inquiry = inquire({*name, host.ends_with('.'), family});
  if (inquiry->resolution != nullptr) {
    lookup->answer(inquiry->resolution);
  } else {
    lookup->wait_for(inquiry->waiters, hearing_, inquiry->began);
  }
  return lookup;
}

// What needs no question: bad names, the hosts file, the cache; or may have none.
Shared AresResolver::known(const std::string& host, const std::optional<std::string>& name,
                           IpPreference family) {
  if (!name) return failed(DnsStatus::Malformed, "the name is not a host name");
  auto addresses =
      settings_.hosts_path.empty() ? std::vector<IpAddress>{} : hosts_.find(*name, clock_.now());
  if (addresses.empty() && is_localhost(*name)) {
    addresses = {IpAddress::parse("127.0.0.1").value(), IpAddress::parse("::1").value()};
  }
  if (!addresses.empty()) {
    return std::make_shared<Resolution>(resolution_of(std::move(addresses), family, *name));
  }
  follow_configuration();
  if (channels_->empty()) {
    return failed(DnsStatus::NoResolver,
                  settings_.broken.empty() ? "no name server can be used" : settings_.broken);
  }
  return cached({*name, host.ends_with('.'), family});
}

Shared AresResolver::cached(const Key& key) {
  const auto entry = cache_.find(key);
  if (entry == cache_.end()) return nullptr;
  if (clock_.now() < entry->second.expires) return entry->second.resolution;
  cache_.erase(entry);
  return nullptr;
}

void AresResolver::keep(const Key& key, const Shared& resolution) {
  const Instant now = clock_.now();
  if (cache_.size() >= cache_limit) {
    std::erase_if(cache_, [now](const auto& entry) { return entry.second.expires <= now; });
    if (cache_.size() >= cache_limit) cache_.clear();
  }
  cache_[key] = {resolution, now + cache_time(resolution->ttl)};
}

std::shared_ptr<Inquiry> AresResolver::inquire(const Key& key) {
  if (const auto running = inquiries_.find(key); running != inquiries_.end()) {
    return running->second;
  }
  const auto inquiry = std::make_shared<Inquiry>(loop_, key, clock_.now());
  if (channels_->front()->questions() >= settings_.most_questions) {
    inquiry->resolution =
        failed(DnsStatus::NoResolver,
               fmt::format("{} questions are waiting for an answer", settings_.most_questions));
    return inquiry;
  }
  inquiries_[key] = inquiry;
  inquiry->channels = channels_.get();
  inquiry->names = names_to_ask(key.name, key.absolute, search_);
  for (const auto family : {IpFamily::V4, IpFamily::V6}) {
    if (wants(key.family, family)) inquiry->families.push_back(family);
  }
  watch_silence();
  ask_families(inquiry);
  return inquiry;
}

void AresResolver::watch_silence() {
  if (std::exchange(watching_silence_, true)) return;
  silent_since_ = clock_.now();
  silence_timer_.start(settings_.silence, [this] {
    watching_silence_ = false;
    if (inquiries_.empty()) return;
    if (hearing_.heard < silent_since_) ask_root();
    watch_silence();
  });
}

// One question at a time; it is in vain where nobody has answered after as long again.
void AresResolver::ask_root() {
  if (channels_->empty()) return;
  if (std::exchange(asking_root_, true)) {
    hearing_.asked_in_vain = silent_since_;
    return;
  }
  channels_->front()->ask_root([this](bool answered) {
    asking_root_ = false;
    (answered ? hearing_.heard : hearing_.asked_in_vain) = clock_.now();
  });
}

void AresResolver::ask_families(const std::shared_ptr<Inquiry>& inquiry) {
  const auto position = inquiry->position;
  inquiry->patience.stop();
  inquiry->patient = true;
  inquiry->answers.assign(inquiry->families.size(), std::nullopt);
  for (std::size_t slot = 0; slot < inquiry->families.size(); ++slot) {
    // An answer may come from inside the question, and lead to the next name.
    if (inquiry->position == position && inquiry->resolution == nullptr) ask(inquiry, slot, 0);
  }
}

void AresResolver::ask(const std::shared_ptr<Inquiry>& inquiry, std::size_t slot,
                       std::size_t channel) {
  const auto& channels = *inquiry->channels;
  const auto position = inquiry->position;
  channels[channel]->ask(inquiry->names[position], inquiry->families[slot],
                         [this, inquiry, slot, channel, position](AresAnswer answer) {
                           const bool is_heard = answer.status != DnsStatus::Timeout &&
                                                 answer.status != DnsStatus::NoResolver;
                           if (is_heard) hearing_.heard = clock_.now();
                           if (inquiry->position != position) return;
                           const bool says_no = answer.status == DnsStatus::ServFail ||
                                                answer.status == DnsStatus::Refused;
                           if (says_no && channel + 1 < inquiry->channels->size()) {
                             ask(inquiry, slot, channel + 1);
                           } else if (answer.status == DnsStatus::NoResolver) {
                             ask_alone(inquiry, slot);
                           } else {
                             answered(inquiry, slot, std::move(answer));
                           }
                         });
}

// When a server closes its TCP connection, c-ares gives up whatever else was asked of it on the
// same channel: one name whose answer does not fit into UDP would take all others with it. So
// whoever is told that no server can be reached asks once more where nobody else does.
void AresResolver::ask_alone(const std::shared_ptr<Inquiry>& inquiry, std::size_t slot) {
  auto made = alone_.size() < most_alone ? AresChannel::create(loop_, settings_.channel) : nullptr;
  if (!made) {
    return answered(inquiry, slot, {.status = DnsStatus::NoResolver, .addresses = {}, .ttl = {}});
  }
  auto* const channel = made.get();
  alone_.push_back(std::move(made));
  channel->ask(inquiry->names[inquiry->position], inquiry->families[slot],
               [this, inquiry, slot, channel, position = inquiry->position](AresAnswer answer) {
                 sweep_later();
                 if (inquiry->position != position) return;
                 const bool was_reached = channel->has_used_tcp();
                 if (answer.status == DnsStatus::NoResolver && was_reached) {
                   answer.status = DnsStatus::Malformed;
                 }
                 answered(inquiry, slot, std::move(answer));
               });
}

// A channel must not end from inside an answer of its own.
void AresResolver::sweep_later() {
  loop_.cancel(sweep_);
  sweep_ = loop_.defer([this] {
    std::erase_if(alone_, [](const auto& channel) { return channel->questions() == 0; });
  });
}

void AresResolver::answered(const std::shared_ptr<Inquiry>& inquiry, std::size_t slot,
                            AresAnswer answer) {
  const bool decides = answer.status == DnsStatus::Ok || answer.status == DnsStatus::NxDomain;
  inquiry->answers[slot] = std::move(answer);
  if (inquiry->resolution != nullptr) return complete(*inquiry);
  if (decides) {
    inquiry->patience.start(settings_.patience, [this, weak = std::weak_ptr(inquiry)] {
      const auto waiting = weak.lock();
      if (!waiting) return;
      waiting->patient = false;
      settle(waiting);
    });
  }
  settle(inquiry);
}

// A family that answered when nobody waited any more: whoever asks next gets its addresses too, or
// what is wrong with it.
void AresResolver::complete(const Inquiry& inquiry) {
  if (inquiry.resolution->status != DnsStatus::Ok) return;
  if (auto merged = merge(inquiry.families, inquiry.answers, true)) {
    keep(inquiry.key, std::make_shared<const Resolution>(*std::move(merged)));
  }
}

// Answers everybody who waits once enough is known, or goes on to the next name.
void AresResolver::settle(const std::shared_ptr<Inquiry>& inquiry) {
  auto merged = merge(inquiry->families, inquiry->answers, inquiry->patient);
  if (!merged) return;
  if (leads_to_next_name(merged->status)) {
    inquiry->failure = more_telling(inquiry->failure, merged->status);
    if (inquiry->position + 1 < inquiry->names.size()) {
      ++inquiry->position;
      return ask_families(inquiry);
    }
    merged->status = inquiry->failure;
  }
  finish(inquiry, *std::move(merged));
}

void AresResolver::finish(const std::shared_ptr<Inquiry>& inquiry, Resolution resolution) {
  if (resolution.status == DnsStatus::Timeout && hearing_.is_deaf_since(inquiry->began)) {
    resolution.status = DnsStatus::NoResolver;
  }
  if (resolution.status != DnsStatus::Ok) {
    resolution.detail = describe(resolution.status, inquiry->key.name);
  }
  inquiry->resolution = std::make_shared<const Resolution>(std::move(resolution));
  inquiry->patience.stop();
  inquiries_.erase(inquiry->key);
  if (inquiry->resolution->status == DnsStatus::Ok) keep(inquiry->key, inquiry->resolution);
  for (auto* const lookup : std::exchange(inquiry->waiters, {})) {
    lookup->answer(inquiry->resolution);
  }
}

std::string AresResolver::describe(DnsStatus status, const std::string& name) const {
  const auto servers = fmt::format("{}", fmt::join(servers_, ", "));
  switch (status) {
    case DnsStatus::NxDomain:
      return fmt::format("{} does not exist, says {}", name, servers);
    case DnsStatus::NoAddress:
      return fmt::format("{} has no address of the wanted family, says {}", name, servers);
    case DnsStatus::Timeout:
      return fmt::format("no answer about {} in time from {}", name, servers);
    case DnsStatus::NoResolver:
      return fmt::format("no name server can be reached or answers anything: {}", servers);
    default:
      return fmt::format("{} about {}, from {}", dns_status_name(status), name, servers);
  }
}

}  // namespace

AresResolverSettings ares_resolver_settings(const std::string& server) {
  AresResolverSettings settings;
  if (server == config::system_resolver) {
    settings.hosts_path = "/etc/hosts";
    settings.search_domains = true;
    return settings;
  }
  auto endpoint = Endpoint::parse(server);
  if (const auto address = IpAddress::parse(server)) endpoint = Endpoint{*address, 53};
  if (!endpoint || endpoint->port == 0) {
    settings.broken = fmt::format("the resolver \"{}\" is no address and port", server);
    return settings;
  }
  settings.channel.servers = endpoint->text();
  return settings;
}

std::unique_ptr<Resolver> make_ares_resolver(UvLoop& loop, const Clock& clock,
                                             AresResolverSettings settings) {
  return std::make_unique<AresResolver>(loop, clock, std::move(settings));
}

}  // namespace gatewatch::net

#include "probes/net/ares_resolver.h"

#include <algorithm>
#include <map>
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
constexpr auto configuration_check = std::chrono::seconds(5);

class AresResolver;
using Shared = std::shared_ptr<const Resolution>;
using Key = std::pair<std::string, IpPreference>;

// Delivers on the next turn, whenever the answer was known.
class AresLookup final : public Lookup {
 public:
  AresLookup(UvLoop& loop, Resolver::Done done) : loop_(loop), done_(std::move(done)) {}
  ~AresLookup() override;

  void wait_for(std::set<AresLookup*>& waiters) {
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
  Resolver::Done done_;
  UvLoop::DeferredId answer_ = 0;
  std::set<AresLookup*>* waiters_ = nullptr;
};

AresLookup::~AresLookup() {
  loop_.cancel(answer_);
  if (waiters_ != nullptr) waiters_->erase(this);
}

// One name on its way. Lives until every family has answered, also when nobody waits any more.
struct Inquiry {
  Inquiry(UvLoop& loop, Key asked) : key(std::move(asked)), patience(loop) {}

  Key key;
  std::vector<IpFamily> families;
  FamilyAnswers answers;
  std::set<AresLookup*> waiters;
  UvTimer patience;
  bool patient = true;
  bool answered = false;
};

class AresResolver final : public Resolver {
 public:
  AresResolver(UvLoop& loop, const Clock& clock, AresResolverSettings settings)
      : loop_(loop),
        clock_(clock),
        settings_(std::move(settings)),
        hosts_(settings_.hosts_path),
        configured_(clock.now()) {
    open_channels();
  }

  [[nodiscard]] std::unique_ptr<Lookup> resolve(const std::string& host, IpPreference family,
                                                Done done) override;

 private:
  using Channels = std::vector<std::unique_ptr<AresChannel>>;
  struct CacheEntry {
    Shared resolution;
    Instant expires;
  };

  void open_channels();
  void follow_configuration();
  [[nodiscard]] Shared known(const std::string& host, IpPreference family);
  [[nodiscard]] Shared cached(const Key& key);
  void keep(const Key& key, const Shared& resolution);
  [[nodiscard]] std::shared_ptr<Inquiry> inquire(const Key& key);
  void ask(const std::shared_ptr<Inquiry>& inquiry, std::size_t slot, const Channels& channels,
           std::size_t channel);
  void answered(const std::shared_ptr<Inquiry>& inquiry, std::size_t slot, AresAnswer answer);
  void settle(const std::shared_ptr<Inquiry>& inquiry);
  [[nodiscard]] std::string describe(DnsStatus status, const std::string& name) const;

  UvLoop& loop_;
  const Clock& clock_;
  AresResolverSettings settings_;
  HostsFile hosts_;
  std::string resolv_version_;
  Instant configured_;
  // One per server, each beginning with another: after SERVFAIL or REFUSED the next one is asked.
  std::unique_ptr<Channels> channels_;
  std::vector<std::unique_ptr<Channels>> retired_;  // of an earlier configuration, until idle
  std::vector<std::string> servers_;
  std::map<Key, std::shared_ptr<Inquiry>> inquiries_;  // not yet answered
  std::map<Key, CacheEntry> cache_;
};

void AresResolver::open_channels() {
  channels_ = std::make_unique<Channels>();
  servers_.clear();
  resolv_version_ = file_version(settings_.resolv_path);
  if (!settings_.broken.empty()) return;
  auto first = AresChannel::create(loop_, settings_.channel);
  if (!first) return;
  servers_ = first->servers();
  channels_->push_back(std::move(first));
  auto order = servers_;
  for (std::size_t turn = 1; turn < servers_.size(); ++turn) {
    std::ranges::rotate(order, order.begin() + 1);
    auto settings = settings_.channel;
    settings.servers = fmt::format("{}", fmt::join(order, ","));
    if (auto next = AresChannel::create(loop_, settings)) channels_->push_back(std::move(next));
  }
}

// Questions in flight stay with the channels that they were asked on.
void AresResolver::follow_configuration() {
  if (settings_.resolv_path.empty() || clock_.now() - configured_ < configuration_check) return;
  configured_ = clock_.now();
  std::erase_if(retired_, [](const auto& channels) {
    return std::ranges::all_of(*channels, [](const auto& channel) { return channel->is_idle(); });
  });
  if (file_version(settings_.resolv_path) == resolv_version_) return;
  retired_.push_back(std::move(channels_));
  open_channels();
}

std::unique_ptr<Lookup> AresResolver::resolve(const std::string& host, IpPreference family,
                                              Done done) {
  auto lookup = std::make_unique<AresLookup>(loop_, std::move(done));
  if (auto resolution = known(host, family)) {
    lookup->answer(std::move(resolution));
    return lookup;
  }
  const auto inquiry = inquire({*canonical_name(host), family});
  lookup->wait_for(inquiry->waiters);
  settle(inquiry);
  return lookup;
}

// What needs no question: literals, bad names, the hosts file, the cache.
Shared AresResolver::known(const std::string& host, IpPreference family) {
  if (const auto literal = IpAddress::parse(host)) {
    return std::make_shared<Resolution>(resolution_of({*literal}, family, host));
  }
  const auto name = canonical_name(host);
  if (!name) {
    return std::make_shared<Resolution>(Resolution{.status = DnsStatus::Malformed,
                                                   .addresses = {},
                                                   .ttl = {},
                                                   .detail = "the name is not a host name"});
  }
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
    const auto why = settings_.broken.empty() ? "no name server can be used" : settings_.broken;
    return std::make_shared<Resolution>(
        Resolution{.status = DnsStatus::NoResolver, .addresses = {}, .ttl = {}, .detail = why});
  }
  return cached({*name, family});
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
  const auto inquiry = std::make_shared<Inquiry>(loop_, key);
  inquiries_[key] = inquiry;
  for (const auto family : {IpFamily::V4, IpFamily::V6}) {
    if (wants(key.second, family)) inquiry->families.push_back(family);
  }
  inquiry->answers.resize(inquiry->families.size());
  for (std::size_t slot = 0; slot < inquiry->families.size(); ++slot) {
    ask(inquiry, slot, *channels_, 0);
  }
  return inquiry;
}

void AresResolver::ask(const std::shared_ptr<Inquiry>& inquiry, std::size_t slot,
                       const Channels& channels, std::size_t channel) {
  channels[channel]->ask(inquiry->key.first, inquiry->families[slot],
                         [this, inquiry, slot, &channels, channel](AresAnswer answer) {
                           const bool says_no = answer.status == DnsStatus::ServFail ||
                                                answer.status == DnsStatus::Refused;
                           if (says_no && channel + 1 < channels.size()) {
                             ask(inquiry, slot, channels, channel + 1);
                           } else {
                             answered(inquiry, slot, std::move(answer));
                           }
                         });
}

void AresResolver::answered(const std::shared_ptr<Inquiry>& inquiry, std::size_t slot,
                            AresAnswer answer) {
  const bool found = answer.status == DnsStatus::Ok;
  inquiry->answers[slot] = std::move(answer);
  if (inquiry->answered) return;
  settle(inquiry);
  if (found && !inquiry->answered) {
    inquiry->patience.start(settings_.patience, [this, weak = std::weak_ptr(inquiry)] {
      const auto waiting = weak.lock();
      if (!waiting || waiting->answered) return;
      waiting->patient = false;
      settle(waiting);
    });
  }
}

// Answers everybody who waits, once enough is known.
void AresResolver::settle(const std::shared_ptr<Inquiry>& inquiry) {
  auto merged = merge(inquiry->answers, inquiry->patient);
  if (!merged) return;
  if (merged->status != DnsStatus::Ok) {
    merged->detail = describe(merged->status, inquiry->key.first);
  }
  const Shared resolution = std::make_shared<Resolution>(std::move(*merged));
  if (!std::exchange(inquiry->answered, true)) {
    inquiry->patience.stop();
    inquiries_.erase(inquiry->key);
    if (resolution->status == DnsStatus::Ok) keep(inquiry->key, resolution);
  }
  for (auto* const lookup : std::exchange(inquiry->waiters, {})) lookup->answer(resolution);
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
      return fmt::format("no name server could be reached: {}", servers);
    default:
      return fmt::format("{} about {}, from {}", dns_status_name(status), name, servers);
  }
}

}  // namespace

AresResolverSettings ares_resolver_settings(const std::string& server) {
  AresResolverSettings settings;
  if (server == "system") {
    settings.hosts_path = "/etc/hosts";
    settings.resolv_path = "/etc/resolv.conf";
    return settings;
  }
  auto endpoint = Endpoint::parse(server);
  if (const auto address = IpAddress::parse(server)) endpoint = Endpoint{*address, 53};
  if (!endpoint || endpoint->port == 0) {
    settings.broken = fmt::format("the resolver \"{}\" is no address and port", server);
    return settings;
  }
  settings.channel.servers = endpoint->text();
  settings.channel.search_domains = false;
  return settings;
}

std::unique_ptr<Resolver> make_ares_resolver(UvLoop& loop, const Clock& clock,
                                             AresResolverSettings settings) {
  return std::make_unique<AresResolver>(loop, clock, std::move(settings));
}

}  // namespace gatewatch::net

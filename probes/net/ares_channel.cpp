#include "probes/net/ares_channel.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <netinet/in.h>
#include <optional>
#include <span>
#include <utility>

#include "probes/net/uv_status.h"

namespace gatewatch::net {
namespace {

constexpr auto tick_interval = std::chrono::milliseconds(50);
// Of a socket: the answers to a thousand questions asked at once wait here for the loop.
constexpr int receive_buffer = 1 << 20;

DnsStatus dns_status(int status) {
  switch (status) {
    case ARES_SUCCESS:
      return DnsStatus::Ok;
    case ARES_ENODATA:
      return DnsStatus::NoAddress;
    case ARES_ENOTFOUND:
    case ARES_ENONAME:
      return DnsStatus::NxDomain;
    case ARES_ESERVFAIL:
      return DnsStatus::ServFail;
    case ARES_EREFUSED:
      return DnsStatus::Refused;
    case ARES_EFORMERR:
    case ARES_EBADRESP:
    case ARES_EBADNAME:
      return DnsStatus::Malformed;
    case ARES_ETIMEOUT:
      return DnsStatus::Timeout;
    case ARES_ECONNREFUSED:  // also: no socket, no route to any server
    case ARES_ENOMEM:
      return DnsStatus::NoResolver;
    default:
      return DnsStatus::Other;
  }
}

AresAnswer read_answer(int status, const ares_addrinfo* found) {
  AresAnswer answer{.status = dns_status(status), .addresses = {}, .ttl = {}};
  if (status != ARES_SUCCESS) return answer;
  std::optional<int> ttl;
  const auto shorten = [&ttl](int seconds) { ttl = std::min(ttl.value_or(seconds), seconds); };
  for (const auto* node = found->nodes; node != nullptr; node = node->ai_next) {
    sockaddr_storage address{};
    std::memcpy(&address, node->ai_addr, std::min<std::size_t>(node->ai_addrlen, sizeof address));
    answer.addresses.push_back(endpoint_of(address).address);
    shorten(node->ai_ttl);
  }
  for (const auto* alias = found->cnames; alias != nullptr; alias = alias->next) {
    shorten(alias->ttl);
  }
  answer.ttl = std::chrono::seconds(std::max(0, ttl.value_or(0)));
  if (answer.addresses.empty()) answer.status = DnsStatus::NoAddress;
  return answer;
}

bool is_tcp(ares_socket_t descriptor) {
  int kind = 0;
  socklen_t size = sizeof kind;
  return getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &kind, &size) == 0 && kind == SOCK_STREAM;
}

}  // namespace

SearchList read_search_list(const std::string& resolv_path) {
  SearchList list;
  ares_options options{};
  auto path = resolv_path;
  options.resolvconf_path = path.data();
  ares_channel channel = nullptr;
  if (ares_init_options(&channel, &options, ARES_OPT_RESOLVCONF) != ARES_SUCCESS) return list;
  ares_options read{};
  int mask = 0;
  if (ares_save_options(channel, &read, &mask) == ARES_SUCCESS) {
    list.dots = read.ndots;
    const auto count = static_cast<std::size_t>(std::max(0, read.ndomains));
    for (const auto* domain : std::span(read.domains, count)) list.domains.emplace_back(domain);
  }
  ares_destroy_options(&read);
  ares_destroy(channel);
  return list;
}

struct AresChannel::Question {
  AresChannel* channel = nullptr;
  Done done;

  static void answer(void* argument, int status, int, ares_addrinfo* found) noexcept {
    const std::unique_ptr<Question> question(static_cast<Question*>(argument));
    --question->channel->questions_;
    auto read = read_answer(status, found);
    if (found != nullptr) ares_freeaddrinfo(found);
    if (status != ARES_EDESTRUCTION) question->done(std::move(read));
  }
};

struct AresChannel::Watch {
  uv_poll_t handle{};
  AresChannel* owner = nullptr;
  ares_socket_t descriptor = ARES_SOCKET_BAD;

  static void on_event(uv_poll_t* handle, int status, int events) noexcept {
    const auto* const watch = static_cast<Watch*>(handle->data);
    if (watch->owner == nullptr) return;
    // An error of the socket is c-ares' to find: it reads.
    const bool readable = status != 0 || (events & UV_READABLE) != 0;
    const bool writable = status != 0 || (events & UV_WRITABLE) != 0;
    watch->owner->process(readable ? watch->descriptor : ARES_SOCKET_BAD,
                          writable ? watch->descriptor : ARES_SOCKET_BAD);
  }
};

std::unique_ptr<AresChannel> AresChannel::create(UvLoop& loop, const AresSettings& settings) {
  auto made = std::unique_ptr<AresChannel>(new AresChannel(loop, settings.port));
  std::array<char, 2> lookups = {'b', '\0'};
  ares_options options{};
  // Without NOCHECKRESP c-ares turns a SERVFAIL into "connection refused".
  // No search domains, by ARES_OPT_DOMAINS: ares_getaddrinfo pays no heed to NOSEARCH.
  options.flags = ARES_FLAG_NOCHECKRESP;
  options.timeout = static_cast<int>(settings.timeout.count());
  options.tries = settings.attempts;
  options.udp_port = settings.port;
  options.tcp_port = settings.port;
  options.socket_receive_buffer_size = receive_buffer;
  auto resolv_path = settings.resolv_path;
  options.resolvconf_path = resolv_path.data();
  options.lookups = lookups.data();
  options.sock_state_cb_data = made.get();
  options.sock_state_cb = [](void* channel, ares_socket_t descriptor, int readable,
                             int writable) noexcept {
    static_cast<AresChannel*>(channel)->watch(descriptor, readable != 0, writable != 0);
  };
  const int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS |
                   ARES_OPT_SOCK_STATE_CB | ARES_OPT_NOROTATE | ARES_OPT_UDP_PORT |
                   ARES_OPT_TCP_PORT | ARES_OPT_SOCK_RCVBUF | ARES_OPT_RESOLVCONF |
                   ARES_OPT_DOMAINS;
  if (ares_init_options(&made->channel_, &options, mask) != ARES_SUCCESS) {
    made->channel_ = nullptr;
    return nullptr;
  }
  if (!settings.servers.empty() &&
      ares_set_servers_ports_csv(made->channel_, settings.servers.c_str()) != ARES_SUCCESS) {
    return nullptr;
  }
  return made;
}

AresChannel::~AresChannel() {
  if (channel_ != nullptr) ares_destroy(channel_);
}

void AresChannel::ask(const std::string& name, IpFamily family, Done done) {
  auto question = std::make_unique<Question>();
  question->channel = this;
  question->done = std::move(done);
  ++questions_;
  ares_addrinfo_hints hints{};
  hints.ai_family = family == IpFamily::V4 ? AF_INET : AF_INET6;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = ARES_AI_NOSORT;
  ares_getaddrinfo(channel_, name.c_str(), nullptr, &hints, Question::answer, question.release());
  keep_ticking();
}

void AresChannel::watch(ares_socket_t descriptor, bool readable, bool writable) {
  auto& watch = watches_[descriptor];
  if (!readable && !writable) {  // c-ares is about to close the socket
    if (watch != nullptr) {
      watch->owner = nullptr;
      close_and_delete<Watch>(watch->handle);
    }
    watches_.erase(descriptor);
    return;
  }
  if (watch == nullptr) {
    has_used_tcp_ = has_used_tcp_ || is_tcp(descriptor);
    auto made = std::make_unique<Watch>();
    if (uv_poll_init(loop_.get(), &made->handle, descriptor) != 0) {
      watches_.erase(descriptor);  // the question will time out
      return;
    }
    made->handle.data = made.get();
    made->owner = this;
    made->descriptor = descriptor;
    watch = made.release();
  }
  uv_poll_start(&watch->handle, (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0),
                Watch::on_event);
}

void AresChannel::process(ares_socket_t readable, ares_socket_t writable) {
  ares_process_fd(channel_, readable, writable);
}

void AresChannel::keep_ticking() {
  if (questions_ == 0 || std::exchange(ticking_, true)) return;
  tick_.start(tick_interval, [this] {
    ticking_ = false;
    process(ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    keep_ticking();
  });
}

std::vector<std::string> AresChannel::servers() const {
  std::vector<std::string> servers;
  ares_addr_port_node* first = nullptr;
  if (ares_get_servers_ports(channel_, &first) != ARES_SUCCESS) return servers;
  for (const auto* node = first; node != nullptr; node = node->next) {
    Endpoint endpoint;
    endpoint.address.family = node->family == AF_INET ? IpFamily::V4 : IpFamily::V6;
    std::memcpy(endpoint.address.bytes.data(), &node->addr, node->family == AF_INET ? 4 : 16);
    endpoint.port = static_cast<std::uint16_t>(node->udp_port == 0 ? port_ : node->udp_port);
    servers.push_back(endpoint.text());
  }
  ares_free_data(first);
  return servers;
}

}  // namespace gatewatch::net

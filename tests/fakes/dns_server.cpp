#include "tests/fakes/dns_server.h"

#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "probes/net/invariant.h"

namespace gatewatch::tests {
namespace {

constexpr std::size_t header_size = 12;

std::string number(std::uint32_t value, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    text += static_cast<char>(static_cast<unsigned char>(value >> shift));
  }
  return text;
}

// The dotted name at the start of the question section; `end`: where the section goes on.
std::string read_name(const std::string& packet, std::size_t& end) {
  std::string name;
  end = header_size;
  while (end < packet.size() && packet[end] != 0) {
    const auto size = static_cast<unsigned char>(packet[end]);
    name += (name.empty() ? "" : ".") + packet.substr(end + 1, size);
    end += size + 1U;
  }
  ++end;
  return name;
}

}  // namespace

DnsServer::DnsServer()
    : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)), stop_(::eventfd(0, EFD_CLOEXEC)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  net::require(::bind(socket_, generic, size) == 0 && ::getsockname(socket_, generic, &size) == 0,
               "no port for the name server");
  endpoint_ = {IpAddress::parse("127.0.0.1").value(), ntohs(address.sin_port)};
  thread_ = std::thread([this] { serve(); });
}

DnsServer::~DnsServer() {
  const std::uint64_t one = 1;
  net::require(::write(stop_, &one, sizeof one) == sizeof one, "cannot stop the name server");
  thread_.join();
  ::close(socket_);
  ::close(stop_);
}

void DnsServer::set(const std::string& name, Type type, Reply reply) {
  const std::lock_guard lock(mutex_);
  replies_[{name, type}] = std::move(reply);
}

void DnsServer::set(const std::string& name, const std::string& address, std::uint32_t ttl) {
  set(name, Type::A, {.addresses = {IpAddress::parse(address).value()}, .ttl = ttl});
  set(name, Type::Aaaa, {});
}

int DnsServer::questions(const std::string& name, Type type) const {
  const std::lock_guard lock(mutex_);
  const auto found = questions_.find({name, type});
  return found == questions_.end() ? 0 : found->second;
}

void DnsServer::serve() {
  for (;;) {
    std::array<pollfd, 2> waiting = {pollfd{socket_, POLLIN, 0}, pollfd{stop_, POLLIN, 0}};
    ::poll(waiting.data(), waiting.size(), -1);
    if (waiting[1].revents != 0) return;
    std::string question(512, '\0');
    sockaddr_in from{};
    socklen_t size = sizeof from;
    auto* const generic = reinterpret_cast<sockaddr*>(&from);
    const auto received = ::recvfrom(socket_, question.data(), question.size(), 0, generic, &size);
    if (received < static_cast<ssize_t>(header_size)) continue;
    question.resize(static_cast<std::size_t>(received));
    const std::string reply = answer(question);
    if (!reply.empty()) ::sendto(socket_, reply.data(), reply.size(), 0, generic, size);
  }
}

std::string DnsServer::answer(const std::string& question) {
  std::size_t end = 0;
  const std::string name = read_name(question, end);
  if (end + 4 > question.size()) return {};
  const auto type = static_cast<Type>(static_cast<unsigned char>(question[end + 1]));
  const std::string section = question.substr(header_size, end + 4 - header_size);
  Reply reply{.code = 3};
  {
    const std::lock_guard lock(mutex_);
    ++questions_[{name, type}];
    if (const auto found = replies_.find({name, type}); found != replies_.end()) {
      reply = found->second;
    }
  }
  if (reply.silent) return {};
  std::string packet =
      question.substr(0, 2) + number(0x8180U | static_cast<unsigned>(reply.code), 2);
  packet += number(1, 2) + number(static_cast<std::uint32_t>(reply.addresses.size()), 2);
  packet += number(0, 4) + section;
  for (const auto& address : reply.addresses) {
    const std::size_t size = address.family == IpFamily::V4 ? 4 : 16;
    packet += number(0xc00c, 2) + number(static_cast<std::uint16_t>(type), 2) + number(1, 2);
    packet += number(reply.ttl, 4) + number(static_cast<std::uint32_t>(size), 2);
    packet.append(reinterpret_cast<const char*>(address.bytes.data()), size);
  }
  if (reply.garbled) packet.resize(packet.size() - 3);
  return packet;
}

}  // namespace gatewatch::tests

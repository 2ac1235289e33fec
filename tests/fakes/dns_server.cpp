#include "tests/fakes/dns_server.h"

#include <algorithm>
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

std::string encoded(const std::string& name) {
  std::string bytes;
  for (std::size_t begin = 0; begin < name.size();) {
    const auto dot = std::min(name.find('.', begin), name.size());
    bytes += number(static_cast<std::uint32_t>(dot - begin), 1) + name.substr(begin, dot - begin);
    begin = dot + 1;
  }
  return bytes + '\0';
}

std::string record(const std::string& owner, DnsServer::Type type, std::uint32_t ttl,
                   const std::string& data) {
  return owner + number(static_cast<std::uint16_t>(type), 2) + number(1, 2) + number(ttl, 4) +
         number(static_cast<std::uint32_t>(data.size()), 2) + data;
}

std::string message(const std::string& id, const std::string& section, DnsServer::Type type,
                    const DnsServer::Reply& reply) {
  constexpr std::uint32_t flags = 0x8180;  // an answer, recursion wanted and had
  constexpr auto cname = static_cast<DnsServer::Type>(5);
  const std::size_t records = reply.aliases.size() + reply.addresses.size();
  std::string packet = id + number(flags | static_cast<unsigned>(reply.code), 2) + number(1, 2);
  packet += number(static_cast<std::uint32_t>(records), 2) + number(0, 4) + section;
  std::string owner = number(0xc00c, 2);  // the name of the question
  for (const auto& [alias, ttl] : reply.aliases) {
    packet += record(owner, cname, ttl, encoded(alias));
    owner = encoded(alias);
  }
  for (const auto& address : reply.addresses) {
    const std::size_t size = address.family == IpFamily::V4 ? 4 : 16;
    packet += record(owner, type, reply.ttl,
                     std::string(reinterpret_cast<const char*>(address.bytes.data()), size));
  }
  return packet;
}

std::string with_flag(std::string packet, std::size_t byte, unsigned char flag) {
  packet[byte] = static_cast<char>(static_cast<unsigned char>(packet[byte]) | flag);
  return packet;
}

sockaddr* generic(sockaddr_in& address) {
  return reinterpret_cast<sockaddr*>(&address);
}

}  // namespace

// The port that the kernel gives for UDP may be taken for TCP: then another is tried.
DnsServer::DnsServer() : stop_(::eventfd(0, EFD_CLOEXEC)) {
  for (int attempt = 0; attempt < 100 && listener_ < 0; ++attempt) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    socket_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    net::require(::bind(socket_, generic(address), size) == 0 &&
                     ::getsockname(socket_, generic(address), &size) == 0,
                 "no port for the name server");
    endpoint_ = {IpAddress::parse("127.0.0.1").value(), ntohs(address.sin_port)};
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::bind(listener_, generic(address), size) == 0 && ::listen(listener_, 16) == 0) break;
    ::close(socket_);
    ::close(std::exchange(listener_, -1));
  }
  net::require(listener_ >= 0, "no port for the name server");
  thread_ = std::thread([this] { serve(); });
}

DnsServer::~DnsServer() {
  const std::uint64_t one = 1;
  net::require(::write(stop_, &one, sizeof one) == sizeof one, "cannot stop the name server");
  thread_.join();
  ::close(socket_);
  ::close(listener_);
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
  std::vector<pollfd> waiting = {
      {stop_, POLLIN, 0}, {socket_, POLLIN, 0}, {listener_, POLLIN, 0}};  // and all connections
  const std::size_t own = waiting.size();
  for (;;) {
    ::poll(waiting.data(), waiting.size(), -1);
    if (waiting[0].revents != 0) break;
    if (waiting[1].revents != 0) serve_datagram();
    const bool has_come = waiting[2].revents != 0;
    for (std::size_t index = waiting.size(); index-- > own;) {
      if (waiting[index].revents == 0 || serve_connection(waiting[index].fd)) continue;
      ::close(waiting[index].fd);
      waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(index));
    }
    if (has_come) {
      waiting.push_back({::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC), POLLIN, 0});
    }
  }
  for (std::size_t index = own; index < waiting.size(); ++index) ::close(waiting[index].fd);
}

void DnsServer::serve_datagram() const {
  std::string question(512, '\0');
  sockaddr_in from{};
  socklen_t size = sizeof from;
  const auto received =
      ::recvfrom(socket_, question.data(), question.size(), 0, generic(from), &size);
  if (received < static_cast<ssize_t>(header_size)) return;
  question.resize(static_cast<std::size_t>(received));
  for (const auto& packet : answers(question, Transport::Udp)) {
    ::sendto(socket_, packet.data(), packet.size(), 0, generic(from), size);
  }
}

// One question of a connection; false at its end.
bool DnsServer::serve_connection(int connection) const {
  std::array<unsigned char, 2> length{};
  if (::recv(connection, length.data(), length.size(), MSG_WAITALL) != 2) return false;
  std::string question(static_cast<std::size_t>(length[0]) << 8U | length[1], '\0');
  ::recv(connection, question.data(), question.size(), MSG_WAITALL);
  const auto packets = answers(question, Transport::Tcp);
  for (const auto& packet : packets) {
    const auto framed = number(static_cast<std::uint32_t>(packet.size()), 2) + packet;
    ::send(connection, framed.data(), framed.size(), MSG_NOSIGNAL);
  }
  return !packets.empty();
}

std::vector<std::string> DnsServer::answers(const std::string& question,
                                            Transport transport) const {
  std::size_t end = 0;
  const std::string name = read_name(question, end);
  if (end + 4 > question.size()) return {};
  const auto type = static_cast<Type>(static_cast<unsigned char>(question[end + 1]));
  const std::string section = question.substr(header_size, end + 4 - header_size);
  Reply reply{.code = 3};
  {
    const std::lock_guard lock(mutex_);
    const bool is_first = ++questions_[{name, type}] == 1;
    if (const auto found = replies_.find({name, type}); found != replies_.end()) {
      reply = found->second;
    }
    if (reply.late && is_first) return {};
  }
  if (reply.silent || (reply.udp_alone && transport == Transport::Tcp)) return {};
  const auto id = question.substr(0, 2);
  std::vector<std::string> packets;
  if (reply.spoofed) {
    const Reply forged{.addresses = {IpAddress::parse("192.0.2.66").value()}};
    const auto other_name = encoded("other." + name) + question.substr(end, 4);
    packets.push_back(message({static_cast<char>(~id[0]), id[1]}, section, Type::A, forged));
    packets.push_back(message(id, other_name, Type::A, forged));
  }
  if (reply.truncated && transport == Transport::Udp) {
    packets.push_back(with_flag(message(id, section, type, {}), 2, 0x02));
    return packets;
  }
  auto packet = message(id, section, type, reply);
  if (reply.garbled) packet.resize(packet.size() - 3);
  packets.push_back(std::move(packet));
  return packets;
}

}  // namespace gatewatch::tests

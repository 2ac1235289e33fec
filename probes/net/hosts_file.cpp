#include "probes/net/hosts_file.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <sys/stat.h>

#include <fmt/format.h>

namespace gatewatch::net {
namespace {

constexpr std::size_t largest_file = 4 << 20;  // what is beyond is not read
constexpr std::size_t most_addresses = 64;     // of one name

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  return text;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(largest_file, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, file.gcount())));
  return text;
}

}  // namespace

HostsTable parse_hosts(std::string_view text) {
  HostsTable table;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string word;
    words >> word;
    const auto address = IpAddress::parse(word);
    if (!address) continue;
    while (words >> word) {
      auto& addresses = table[lower_case(word)];
      const bool known = std::ranges::find(addresses, *address) != addresses.end();
      if (!known && addresses.size() < most_addresses) addresses.push_back(*address);
    }
  }
  return table;
}

std::vector<IpAddress> HostsFile::find(const std::string& name, Instant now) {
  if (!looked_ || now - *looked_ >= std::chrono::seconds(1)) {
    looked_ = now;
    reload_if_changed();
  }
  const auto found = table_.find(name);
  return found == table_.end() ? std::vector<IpAddress>{} : found->second;
}

void HostsFile::reload_if_changed() {
  auto version = file_version(path_);
  if (version == version_) return;
  version_ = std::move(version);
  table_ = parse_hosts(read_file(path_));
}

std::string file_version(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return {};
  return fmt::format("{}:{}:{}:{}.{}", status.st_dev, status.st_ino, status.st_size,
                     status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
}

}  // namespace gatewatch::net

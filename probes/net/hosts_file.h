// /etc/hosts (hosts(5)): read when it changes, looked at no more than once a second.

#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/ip_address.h"
#include "probes/time.h"

namespace gatewatch::net {

// Lower-case name → addresses in the file's order. Lines that make no sense are skipped.
using HostsTable = std::map<std::string, std::vector<IpAddress>, std::less<>>;
[[nodiscard]] HostsTable parse_hosts(std::string_view text);

class HostsFile {
 public:
  explicit HostsFile(std::string path) : path_(std::move(path)) {}

  // `name`: in lower case. Empty where the file does not know it.
  [[nodiscard]] std::vector<IpAddress> find(const std::string& name, Instant now);

 private:
  void reload_if_changed();

  std::string path_;
  HostsTable table_;
  std::optional<Instant> looked_;
  std::string version_;  // what stat(2) said of the file that was read
};

// What tells one version of a file from another; empty where there is none.
[[nodiscard]] std::string file_version(const std::string& path);

}  // namespace gatewatch::net

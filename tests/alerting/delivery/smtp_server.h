// A mail server for tests: it answers each command by the script and keeps what was said to it.

#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "tests/alerting/delivery/loopback_server.h"

namespace gatewatch::tests {

class SmtpServer {
 public:
  explicit SmtpServer(net::Network& network)
      : server_(network, [this](LoopbackConnection& connection) { talk(connection); }) {}

  // By verb, "." for the end of data, "" for the banner. An empty reply is silence; one that
  // begins with "!" closes the connection.
  std::map<std::string, std::string> replies = {
      {"", "220 ready"},    {"EHLO", "250-mx\r\n250-SIZE 100000\r\n250 AUTH PLAIN LOGIN"},
      {"AUTH", "235 fine"}, {"MAIL", "250 fine"},
      {"RCPT", "250 fine"}, {"DATA", "354 go on"},
      {".", "250 queued"},  {"QUIT", "221 bye"}};
  // Replies to single commands, which win over those by verb.
  std::map<std::string, std::string> special;
  std::vector<std::string> commands;
  std::string data;  // as on the wire, without the final dot

  [[nodiscard]] std::string url() const { return server_.url("smtp"); }
  [[nodiscard]] bool was_told(const std::string& verb) const {
    return std::ranges::any_of(
        commands, [&verb](const std::string& command) { return command.starts_with(verb); });
  }

 private:
  void talk(LoopbackConnection& connection) {
    if (!greeted_) {
      greeted_ = true;
      reply(connection, replies[""]);
    }
    auto& bytes = connection.received;
    while (true) {
      const auto end = bytes.find("\r\n");
      if (end == std::string::npos) return;
      const auto line = bytes.substr(0, end);
      bytes.erase(0, end + 2);
      if (in_data_ && line != ".") {
        data += line + "\r\n";
        continue;
      }
      take(connection, line);
    }
  }

  void take(LoopbackConnection& connection, const std::string& line) {
    if (in_data_) {
      in_data_ = false;
    } else {
      commands.push_back(line);
    }
    const auto verb = line.substr(0, line.find(' '));
    const auto found = special.find(line);
    const auto& answer = found == special.end() ? replies[verb] : found->second;
    in_data_ = verb == "DATA" && answer.starts_with("354");
    reply(connection, answer);
  }

  static void reply(LoopbackConnection& connection, const std::string& text) {
    if (text.empty()) return;
    if (text.starts_with("!")) return connection.close();
    connection.send(text + "\r\n");
  }

  bool greeted_ = false;
  bool in_data_ = false;
  LoopbackServer server_;
};

}  // namespace gatewatch::tests

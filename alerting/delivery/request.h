// What a channel renders a notification into: everything the sender needs, nothing decided later.

#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "config/config.h"

namespace gatewatch::alerting {

struct HttpRequest {
  config::Secret url;
  std::vector<config::Header> headers;
  std::string body;
  std::string ca;  // PEM file; empty: the system's
  // What else of URL and body is a secret: an answer may repeat it, an error must not. URL parts
  // and header values are known to be.
  std::vector<config::Secret> secrets;
};

struct MailRequest {
  std::string server;  // smtp:// or smtps://
  config::MailTls tls = config::MailTls::Required;
  std::string ca;
  std::string username;  // empty: no AUTH
  config::Secret password;
  std::string from;  // envelope: addresses alone
  std::vector<std::string> to;
  std::string message;  // RFC 5322, CRLF line ends
};

// One line of the daemon's log.
struct LogRequest {
  config::Severity severity = config::Severity::Info;  // Info too where it tells an end
  // Keys and values, each key once; the log escapes the values. Each is one line, and bounded.
  std::vector<std::pair<std::string, std::string>> fields;
};

using Request = std::variant<HttpRequest, MailRequest, LogRequest>;

}  // namespace gatewatch::alerting

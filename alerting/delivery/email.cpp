#include "alerting/delivery/email.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "alerting/delivery/email_body.h"
#include "alerting/delivery/mail_text.h"
#include "alerting/delivery/message.h"
#include "alerting/delivery_key.h"
#include "probes/net/hmac.h"

namespace gatewatch::alerting {
namespace {

constexpr std::string_view boundary = "=_gatewatch_part";  // no body has "=_" (mail_text.h)
constexpr std::size_t longest_id = 160;                    // bytes, left of the @

// The left side of a Message-ID, which may hold atext and dots alone; equal keys give equal ids
// and different keys different ones.
std::string id_part(std::string_view key) {
  std::string part;
  for (const char byte : key) {
    const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                       (byte >= '0' && byte <= '9') || byte == '-' || byte == '_';
    const bool inner_dot = byte == '.' && !part.empty() && part.back() != '.';
    if (plain || inner_dot) {
      part += byte;
    } else {
      part += fmt::format("={:02x}", static_cast<unsigned char>(byte));
    }
  }
  if (!part.empty() && part.back() == '.') part.replace(part.size() - 1, 1, "=2e");
  if (part.empty() || part.size() > longest_id) return net::hmac_sha256_hex("message-id", key);
  return part;
}

// What the header section is made of.
struct Envelope {
  const std::string& channel;
  const MailAddress& from;
  const std::vector<MailAddress>& to;
  const Notification& notification;
  const std::string& key;

  [[nodiscard]] std::string message_id(std::string_view of) const {
    return fmt::format("<{}@gatewatch.{}>", id_part(of), from.domain());
  }
};

// The header section, up to and with its empty line.
std::string headers(const Envelope& envelope, const Message& message) {
  const auto& notification = envelope.notification;
  // An id of its own for every message, also for what came here in place of another channel: two
  // with one id are one to most mailboxes. What begins the thread has the thread's.
  const auto id = envelope.message_id(envelope.key);
  const auto thread =
      envelope.message_id(delivery_key(notification.incident_key, 1, envelope.channel));
  std::string receivers;
  for (const auto& receiver : envelope.to) {
    if (!receivers.empty()) receivers += ",\r\n ";
    receivers += receiver.header_text();
  }
  auto text = fmt::format("From: {}\r\nTo: {}\r\n", envelope.from.header_text(), receivers);
  text += text_header(
      "Subject",
      is_resolution(notification)
          ? message.title
          : fmt::format("[{}] {}", config::severity_name(notification.severity), message.title));
  text += fmt::format("Date: {}\r\n", mail_date(notification.at));
  text += fmt::format("Message-ID: {}\r\n", id);
  if (id != thread) text += fmt::format("In-Reply-To: {}\r\nReferences: {}\r\n", thread, thread);
  text += "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n";
  text += fmt::format("Content-Type: multipart/alternative;\r\n boundary=\"{}\"\r\n", boundary);
  return text + "\r\n";
}

std::string body(const Notification& notification, const Message& message) {
  const auto part = [](std::string_view type, std::string_view content) {
    return fmt::format(
        "--{}\r\nContent-Type: {}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\n",
        boundary, type, quoted_printable(content));
  };
  return part("text/plain", email_text(message)) +
         part("text/html", email_html(message, notification)) + fmt::format("--{}--\r\n", boundary);
}

}  // namespace

MailRequest render_email(const std::string& name, const config::EmailChannel& settings,
                         const Notification& notification, const std::string& key) {
  MailRequest request;
  request.server = settings.server;
  request.tls = settings.tls;
  request.ca = settings.ca;
  request.username = settings.username;
  request.password = settings.password;
  const auto from = MailAddress::parse(settings.from);
  if (!from) return request;
  request.from = from->address;
  std::vector<MailAddress> to;
  for (const auto& receiver : settings.to) {
    if (auto address = MailAddress::parse(receiver)) to.push_back(*std::move(address));
  }
  for (const auto& receiver : to) request.to.push_back(receiver.address);
  const auto message = make_message(notification);
  request.message =
      headers({name, *from, to, notification, key}, message) + body(notification, message);
  return request;
}

}  // namespace gatewatch::alerting

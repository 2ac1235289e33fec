#include "alerting/delivery/email.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "alerting/delivery/email_body.h"
#include "alerting/delivery/mail_text.h"
#include "alerting/delivery/message.h"
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

class EmailChannel final : public Channel {
 public:
  EmailChannel(std::string name, config::EmailChannel settings)
      : name_(std::move(name)),
        settings_(std::move(settings)),
        from_(MailAddress::parse(settings_.from)) {
    for (const auto& receiver : settings_.to) {
      if (auto address = MailAddress::parse(receiver)) to_.push_back(*std::move(address));
    }
  }

  [[nodiscard]] Request render(const Notification& notification,
                               const std::string& key) const override {
    MailRequest request;
    request.server = settings_.server;
    request.tls = settings_.tls;
    request.ca = settings_.ca;
    request.username = settings_.username;
    request.password = settings_.password;
    if (!from_) return request;
    request.from = from_->address;
    for (const auto& receiver : to_) request.to.push_back(receiver.address);
    const auto message = make_message(notification);
    request.message = headers(notification, message, key) + body(notification, message);
    return request;
  }

 private:
  [[nodiscard]] std::string message_id(std::string_view key) const {
    return fmt::format("<{}@gatewatch.{}>", id_part(key), from_->domain());
  }

  // The header section, up to and with its empty line.
  [[nodiscard]] std::string headers(const Notification& notification, const Message& message,
                                    const std::string& key) const {
    const auto thread = message_id(fmt::format("{}.1.{}", notification.incident_key, name_));
    const bool opens = notification.kind == NotificationKind::Opened;
    std::string receivers;
    for (const auto& receiver : to_) {
      if (!receivers.empty()) receivers += ",\r\n ";
      receivers += receiver.header_text();
    }
    auto text = fmt::format("From: {}\r\nTo: {}\r\n", from_->header_text(), receivers);
    text += text_header(
        "Subject",
        is_resolution(notification)
            ? message.title
            : fmt::format("[{}] {}", config::severity_name(notification.severity), message.title));
    text += fmt::format("Date: {}\r\n", mail_date(notification.at));
    text += fmt::format("Message-ID: {}\r\n", opens ? thread : message_id(key));
    if (!opens) text += fmt::format("In-Reply-To: {}\r\nReferences: {}\r\n", thread, thread);
    text += "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n";
    text += fmt::format("Content-Type: multipart/alternative;\r\n boundary=\"{}\"\r\n", boundary);
    return text + "\r\n";
  }

  [[nodiscard]] static std::string body(const Notification& notification, const Message& message) {
    const auto part = [](std::string_view type, std::string_view content) {
      return fmt::format(
          "--{}\r\nContent-Type: {}; charset=utf-8\r\n"
          "Content-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\n",
          boundary, type, quoted_printable(content));
    };
    return part("text/plain", email_text(message)) +
           part("text/html", email_html(message, notification)) +
           fmt::format("--{}--\r\n", boundary);
  }

  std::string name_;
  config::EmailChannel settings_;
  std::optional<MailAddress> from_;
  std::vector<MailAddress> to_;
};

}  // namespace

std::unique_ptr<Channel> make_email_channel(const std::string& name,
                                            const config::EmailChannel& settings) {
  return std::make_unique<EmailChannel>(name, settings);
}

}  // namespace gatewatch::alerting

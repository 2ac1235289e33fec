#include "alerting/delivery/send_status.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "alerting/delivery/text.h"

namespace gatewatch::alerting {
namespace {

using nlohmann::json;

bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

// What a service asks for in the JSON of its answer instead of a header: Discord's retry_after,
// which may be a fraction, and Telegram's parameters.retry_after.
std::optional<std::chrono::seconds> asked_in(std::string_view body) {
  const auto answer = json::parse(body, nullptr, false);
  for (const auto* const path : {"/retry_after", "/parameters/retry_after"}) {
    const json::json_pointer pointer(path);
    if (!answer.is_object() || !answer.contains(pointer)) continue;
    const auto& asked = answer[pointer];
    if (!asked.is_number()) continue;
    const auto seconds = std::ceil(asked.get<double>());
    // Written so that no NaN passes, and nothing that overflows.
    if (seconds > 0 && seconds < 1e9) return std::chrono::seconds(static_cast<long>(seconds));
  }
  return std::nullopt;
}

// Meta answers 400 where a sender is too fast, and says so in error.code alone: too many calls of
// the application, of the account, of the number, and to one receiver.
bool is_too_fast(std::string_view body) {
  constexpr std::array<int, 4> codes = {4, 80007, 130429, 131056};
  const json::json_pointer path("/error/code");
  const auto answer = json::parse(body, nullptr, false);
  if (!answer.is_object() || !answer.contains(path)) return false;
  return std::ranges::any_of(codes, [&](int code) { return answer[path] == code; });
}

}  // namespace

SendStatus http_send_status(long status) {
  if (status >= 200 && status < 300) return SendStatus::Delivered;
  if (status == 408 || status == 425 || status == 429) return SendStatus::Transient;
  return status >= 400 && status < 500 ? SendStatus::Permanent : SendStatus::Transient;
}

SendResult judge_http(long status, std::string_view body, std::chrono::seconds retry_after,
                      const std::vector<std::string>& secrets) {
  SendResult result;
  result.status = http_send_status(status);
  if (result.status == SendStatus::Delivered) return result;
  if (status == 400 && is_too_fast(body)) result.status = SendStatus::Transient;
  result.error = fmt::format("HTTP {}", status);
  if (status >= 300 && status < 400) result.error += ", a redirect, which is not followed";
  // Cut only then: a cut may leave a part of a secret that no longer looks like it.
  const auto said = one_line(without_secrets(body, secrets), longest_send_error - 60);
  if (!said.empty()) result.error += ": " + said;
  if (retry_after.count() > 0) {
    result.retry_after = retry_after;
  } else if (result.status == SendStatus::Transient) {
    result.retry_after = asked_in(body);
  }
  return result;
}

void add_command(SmtpReplies& replies, std::string_view command) {
  constexpr std::string_view receiver = "RCPT TO:<";
  replies.receiver.clear();
  if (!command.starts_with(receiver)) return;
  replies.receiver = command.substr(receiver.size(), command.rfind('>') - receiver.size());
}

void add_reply_line(SmtpReplies& replies, std::string_view line) {
  if (line.size() < 3 || !std::ranges::all_of(line.substr(0, 3), is_digit)) return;
  const long code = (line[0] - '0') * 100L + (line[1] - '0') * 10L + (line[2] - '0');
  constexpr long answer_to_quit = 221;  // comes after the verdict
  if (code == answer_to_quit) return;
  replies.last = code;
  if (code < 400) return;
  if (code < 500) replies.refused_now = true;
  replies.line = std::string(line);
  if (!replies.receiver.empty()) replies.refused_receivers[replies.receiver] = replies.line;
}

SendResult judge_mail_failure(const SmtpReplies& replies, std::string_view broken) {
  SendResult result;
  const bool refused = replies.last >= 500 && replies.last < 600;
  result.status = refused && !replies.refused_now && broken.empty() ? SendStatus::Permanent
                                                                    : SendStatus::Transient;
  std::string error(broken);
  if (!replies.line.empty()) {
    if (!error.empty()) error += "; ";
    error += "the mail server said: " + replies.line;
  }
  result.error = one_line(error.empty() ? "the mail was not accepted" : error, longest_send_error);
  return result;
}

std::string refused_part(const SmtpReplies& replies, std::size_t receivers) {
  const auto refused = replies.refused_receivers.size();
  if (refused == 0) return {};
  auto text =
      fmt::format("delivered to {} of {}", receivers - std::min(refused, receivers), receivers);
  auto separator = ": ";
  for (const auto& [receiver, line] : replies.refused_receivers) {
    text += fmt::format("{}{} refused: {}", std::exchange(separator, "; "), receiver,
                        one_line(line, longest_send_error));
  }
  return one_line(text, longest_send_error);
}

std::string without_secrets(std::string_view text, const std::vector<std::string>& secrets) {
  constexpr std::size_t shortest = 4;  // bytes; shorter ones would blot out plain words
  std::string result(text);
  for (const auto& secret : secrets) {
    if (secret.size() < shortest) continue;
    for (auto at = result.find(secret); at != std::string::npos; at = result.find(secret, at + 3)) {
      result.replace(at, secret.size(), "…");
    }
  }
  return one_line(result, longest_send_error);
}

}  // namespace gatewatch::alerting

// What an attempt came to: pure decisions over what the receiver answered. Errors are one clean
// line of at most 200 characters.

#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alerting/delivery/sender.h"

namespace gatewatch::alerting {

inline constexpr std::size_t longest_send_error = 200;  // UTF-16 units

// 2xx delivered; 408, 425, 429, 3xx (never followed) and 5xx transient; any other 4xx permanent.
// Anything else is no answer: transient.
[[nodiscard]] SendStatus http_send_status(long status);
// `body`: what the receiver said to it. `retry_after`: as it asked in a header; 0: it did not, and
// may still have asked in a body of JSON, as Discord and Telegram do.
// `secrets`: as without_secrets() takes them.
[[nodiscard]] SendResult judge_http(long status, std::string_view body,
                                    std::chrono::seconds retry_after,
                                    const std::vector<std::string>& secrets = {});

// The replies of an SMTP session that was not a success.
struct SmtpReplies {
  long last = 0;             // code of the last reply but that to QUIT; 0: none
  bool refused_now = false;  // any reply was a 4yz: some step may succeed later
  std::string line;          // the last refusal (4yz or 5yz) as it came; empty: none
  std::string receiver;      // of the RCPT that waits for its reply; empty: another command does
  std::map<std::string, std::string> refused_receivers;  // address → the last line of its refusal
};
// Takes what we say, one command as it goes out.
void add_command(SmtpReplies& replies, std::string_view command);
// Takes one line as it came, continuation lines too.
void add_reply_line(SmtpReplies& replies, std::string_view line);
// 5yz as the end of the session is permanent unless some 4yz or a failure of the connection or of
// its encryption (`broken`: one sentence; empty: none) stands beside it.
[[nodiscard]] SendResult judge_mail_failure(const SmtpReplies& replies, std::string_view broken);
// What is left to say of a mail that the server took: empty where each of its `receivers` gets it.
[[nodiscard]] std::string refused_part(const SmtpReplies& replies, std::size_t receivers);

// `text` as one line without any of `secrets`; those under 4 bytes are no secrets.
[[nodiscard]] std::string without_secrets(std::string_view text,
                                          const std::vector<std::string>& secrets);

}  // namespace gatewatch::alerting

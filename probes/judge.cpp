#include "probes/judge.h"

#include <optional>
#include <utility>

#include <fmt/format.h>
#include <re2/re2.h>

#include "config/glob.h"
#include "probes/json_expectation.h"
#include "probes/redaction.h"
#include "probes/text.h"

namespace gatewatch {
namespace {

constexpr std::uint64_t kept_body = 64 << 10;  // bytes that expectations see

// "2xx, 304, 410-418": the set as one would write it in the configuration.
std::string describe(const config::StatusSet& statuses) {
  std::string text;
  const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  for (int first = 100; first < 600; ++first) {
    if (!statuses.contains(first)) continue;
    int last = first;
    while (last % 100 != 99 && statuses.contains(last + 1)) ++last;
    if (last - first == 99) {
      add(fmt::format("{}xx", first / 100));
    } else {
      add(first == last ? fmt::format("{}", first) : fmt::format("{}-{}", first, last));
    }
    first = last;
  }
  return text;
}

Verdict content_mismatch(std::string reason, const std::string& detail) {
  return {Outcome::ContentMismatch, std::move(reason), one_line(detail)};
}

std::optional<Verdict> judge_status(const config::StatusSet& expected,
                                    const net::Response& response) {
  if (expected.contains(response.status)) return std::nullopt;
  const auto phrase = response.reason.empty() ? "" : " " + quote(response.reason, 60);
  return Verdict{Outcome::StatusMismatch, "status",
                 one_line(fmt::format("the status is {}{}, expected {}", response.status, phrase,
                                      describe(expected)))};
}

std::optional<Verdict> judge_headers(const std::map<std::string, std::string>& expected,
                                     const net::Headers& headers) {
  for (const auto& [name, pattern] : expected) {
    bool matched = false;
    for (const auto& [field, value] : headers.all()) {
      matched = matched || (net::equals_ignoring_case(field, name) &&
                            config::glob_matches_ignoring_case(pattern, value));
    }
    if (matched) continue;
    const auto came = [&]() -> std::string {
      if (!headers.contains(name)) return "and is not there";
      if (names_secret(name)) return fmt::format("and is {}", redacted_mark);
      return fmt::format("and is {}", quote(headers.get(name), 120));
    }();
    return content_mismatch(
        "header", fmt::format("the header {} should match {}, {}", name, quote(pattern, 80), came));
  }
  return std::nullopt;
}

// How the body is named in a sentence: what was not kept was not looked at.
std::string body_named(const net::Response& response) {
  return response.body.size() < kept_body ? std::string("the body")
                                          : fmt::format("the body's first {} bytes", kept_body);
}

std::string excerpt(const net::Response& response) {
  if (response.body.empty()) return "it is empty";
  return fmt::format("it begins {}", quote(response.body, 100));
}

}  // namespace

struct Judge::Compiled {
  config::Expectation expectation;
  std::unique_ptr<const re2::RE2> pattern;  // null: none
  JsonExpectation json;

  [[nodiscard]] std::optional<Verdict> judge_body(const net::Response& response) const;
};

std::optional<Verdict> Judge::Compiled::judge_body(const net::Response& response) const {
  const auto& expected = expectation.body;
  for (const auto& text : expected.contains) {
    if (response.body.find(text) != std::string::npos) continue;
    return content_mismatch("body_contains",
                            fmt::format("{} should contain {}, {}", body_named(response),
                                        quote(text, 100), excerpt(response)));
  }
  for (const auto& text : expected.not_contains) {
    if (response.body.find(text) == std::string::npos) continue;
    return content_mismatch(
        "body_not_contains",
        fmt::format("the body should not contain {}, and does", quote(text, 100)));
  }
  if (pattern && !re2::RE2::PartialMatch(response.body, *pattern)) {
    return content_mismatch("body_matches",
                            fmt::format("{} should match {}, {}", body_named(response),
                                        quote(expected.matches, 100), excerpt(response)));
  }
  if (json.empty()) return std::nullopt;
  if (auto mismatch = json.mismatch(response.body)) {
    return content_mismatch("body_json", *mismatch);
  }
  return std::nullopt;
}

Judge::Judge(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
Judge::~Judge() = default;

std::expected<std::shared_ptr<const Judge>, Error> Judge::create(
    const config::Expectation& expectation) {
  auto json = JsonExpectation::create(expectation.body.json);
  if (!json) return std::unexpected(json.error());
  std::unique_ptr<const re2::RE2> pattern;
  if (!expectation.body.matches.empty()) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    pattern = std::make_unique<const re2::RE2>(expectation.body.matches, options);
    if (!pattern->ok()) {
      return std::unexpected(Error{fmt::format("{} is no RE2 pattern: {}",
                                               quote(expectation.body.matches), pattern->error())});
    }
  }
  return std::shared_ptr<const Judge>(new Judge(
      std::make_unique<Compiled>(Compiled{expectation, std::move(pattern), *std::move(json)})));
}

Verdict Judge::judge(const net::Response& response, std::chrono::microseconds duration) const {
  const auto& expected = compiled_->expectation;
  if (auto verdict = judge_status(expected.status, response)) return *std::move(verdict);
  if (auto verdict = judge_headers(expected.headers, response.headers)) return *std::move(verdict);
  if (auto verdict = compiled_->judge_body(response)) return *std::move(verdict);
  if (expected.latency && duration > *expected.latency) {
    return {Outcome::Slow, "latency",
            fmt::format("the answer took {}, expected at most {}", format_short(duration),
                        config::format_duration(*expected.latency))};
  }
  return {};
}

bool Judge::expires_soon(const CertificateFacts& certificate, Timestamp now) const {
  return certificate.not_after - now < compiled_->expectation.certificate;
}

std::uint64_t Judge::body_bytes_needed() const {
  return compiled_->expectation.body.empty() ? 0 : kept_body;
}

}  // namespace gatewatch

#include "probes/result_json.h"

#include <chrono>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "probes/base64.h"

namespace gatewatch {
namespace {

nlohmann::json to_json(const Timings& timings) {
  auto json = nlohmann::json::object();
  for (int index = 0; index < phase_count; ++index) {
    const auto phase = static_cast<Phase>(index);
    json[std::string(phase_name(phase))] = timings[phase].count();
  }
  return json;
}

nlohmann::json to_json(const CertificateFacts& certificate) {
  return {
      {"not_before", format_timestamp(certificate.not_before)},
      {"not_after", format_timestamp(certificate.not_after)},
      {"subject", clean_utf8(certificate.subject)},
      {"issuer", clean_utf8(certificate.issuer)},
      {"fingerprint", clean_utf8(certificate.fingerprint)},
  };
}

nlohmann::json tls_to_json(const Result& result) {
  if (result.tls_version.empty()) return nullptr;
  return {{"version", clean_utf8(result.tls_version)}, {"cipher", clean_utf8(result.tls_cipher)}};
}

nlohmann::json to_json(const ResolvedAddresses& resolved) {
  auto json = nlohmann::json::array();
  for (const auto& address : resolved.list()) json.push_back(address.text());
  return json;
}

nlohmann::json family_to_json(const std::optional<IpFamily>& family) {
  if (!family) return nullptr;
  return *family == IpFamily::V4 ? "v4" : "v6";
}

nlohmann::json to_json(const std::vector<RequestId>& request_ids) {
  auto json = nlohmann::json::array();
  for (const auto& [name, value] : request_ids) {
    json.push_back({{"name", name}, {"value", clean_utf8(value)}});
  }
  return json;
}

}  // namespace

nlohmann::json to_json(const Evidence& evidence) {
  auto body = clean_lines(evidence.body);
  const bool is_exact = body == evidence.body;
  return {
      {"head", clean_lines(evidence.head)},
      {"body", std::move(body)},
      {"body_base64", is_exact ? nlohmann::json() : nlohmann::json(base64(evidence.body))},
      {"body_length", evidence.body_length},
      {"body_complete", evidence.body_complete},
      {"body_sha256", clean_utf8(evidence.body_sha256)},
      {"body_hashed", evidence.body_hashed},
      {"resolver", clean_utf8(evidence.resolver)},
      {"chain_fingerprint", clean_utf8(evidence.chain_fingerprint)},
      {"request_ids", to_json(evidence.request_ids)},
  };
}

nlohmann::json to_json(const Result& result) {
  return {
      {"started", format_timestamp(result.started)},
      {"route", clean_utf8(result.route)},
      {"region", clean_utf8(result.region)},
      {"kind", probe_kind_name(result.kind)},
      {"maintenance", result.maintenance},
      {"outcome", outcome_row(result.outcome).name},
      {"failing", result.is_failing()},
      {"reason", clean_utf8(result.reason)},
      {"detail", clean_utf8(result.detail)},
      {"status", result.status},
      {"last_phase", phase_name(result.last_phase)},
      {"duration_us", result.duration().count()},
      {"phases_us", to_json(result.timings)},
      {"body_size", result.body_size},
      {"redirects", result.redirects},
      {"remote", result.remote ? nlohmann::json(result.remote->text()) : nlohmann::json()},
      {"resolved", to_json(result.resolved)},
      {"addresses_changed", result.addresses_changed},
      {"broken_family", family_to_json(result.broken_family)},
      {"http_version", clean_utf8(result.http_version)},
      {"tls", tls_to_json(result)},
      {"certificate", result.certificate ? to_json(*result.certificate) : nlohmann::json()},
      {"cert_expiring", result.cert_expiring},
      {"evidence", result.evidence ? to_json(*result.evidence) : nlohmann::json()},
      {"trace_id", clean_utf8(result.trace_id)},
  };
}

std::string format_timestamp(Timestamp time) {
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(time);
  const auto day = std::chrono::floor<std::chrono::days>(milliseconds);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(milliseconds - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

}  // namespace gatewatch

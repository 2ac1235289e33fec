#include "storage/sqlite/evidence_row.h"

#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "storage/sqlite/circumstance_list.h"

namespace gatewatch::storage::sqlite {

namespace {

using nlohmann::json;

std::string text_of(const json& list) {
  return list.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string addresses_text(const ResolvedAddresses& resolved) {
  auto list = json::array();
  for (const auto& address : resolved.list()) list.push_back(address.text());
  return text_of(list);
}

std::string ids_text(const std::vector<RequestId>& ids) {
  auto list = json::array();
  for (const auto& [name, value] : ids) list.push_back({{"name", name}, {"value", value}});
  return text_of(list);
}

// What is not as we write it is left out.
ResolvedAddresses read_addresses(const std::string& text) {
  std::vector<IpAddress> addresses;
  for (const auto& item : json::parse(text, nullptr, false)) {
    const auto* const address = item.get_ptr<const json::string_t*>();
    if (address == nullptr) continue;
    if (const auto parsed = IpAddress::parse(*address)) addresses.push_back(*parsed);
  }
  return ResolvedAddresses(std::move(addresses));
}

std::vector<RequestId> read_ids(const std::string& text) {
  std::vector<RequestId> ids;
  for (const auto& item : json::parse(text, nullptr, false)) {
    if (!item.is_object()) continue;
    const auto name = item.find("name");
    const auto value = item.find("value");
    const bool is_whole =
        name != item.end() && value != item.end() && name->is_string() && value->is_string();
    if (is_whole) ids.push_back({name->get<std::string>(), value->get<std::string>()});
  }
  return ids;
}

}  // namespace

const char* const put_evidence_sql =
    "INSERT OR REPLACE INTO evidence_item (id, route, region, started_us, outcome, reason, status, "
    "stays, bytes, trace_id, kind, last_phase, dns_us, connect_us, tls_us, send_us, wait_us, "
    "receive_us, body_size, redirects, remote, resolved, resolver, http_version, tls_version, "
    "tls_cipher, cert_not_before_us, cert_not_after_us, cert_subject, cert_issuer, "
    "cert_fingerprint, cert_expiring, chain_fingerprint, detail, request_ids, body_length, "
    "body_complete, body_sha256, body_hashed, head, body, interval_us, maintenance) VALUES "
    "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "
    "?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, "
    "?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, ?36, ?37, ?38, ?39, ?40, ?41, ?42, ?43) "
    "RETURNING id";

std::expected<std::int64_t, Failure> put_evidence(Statement& statement,
                                                  const EvidenceNumbers& numbers,
                                                  const Result& result) {
  const auto& evidence = *result.evidence;
  const auto& phases = result.timings.phases;
  using Text = std::optional<std::string_view>;
  const auto remote = result.remote ? std::optional(result.remote->text()) : std::nullopt;
  const auto* const certificate = result.certificate ? &*result.certificate : nullptr;
  const auto of_certificate = [certificate](auto CertificateFacts::* field) {
    using Value = std::optional<std::remove_cvref_t<decltype(certificate->*field)>>;
    return certificate == nullptr ? Value() : Value(certificate->*field);
  };
  std::int64_t id = 0;
  const auto read = [&id](Row& row) {
    id = row.integer();
    return true;
  };
  auto done = for_each_row(
      statement, read, numbers.id, numbers.route, numbers.region, result.started, numbers.outcome,
      numbers.reason, result.status, numbers.stays, numbers.bytes, result.trace_id, numbers.kind,
      numbers.last_phase, phases[0], phases[1], phases[2], phases[3], phases[4], phases[5],
      result.body_size, result.redirects, remote ? Text(*remote) : Text(),
      addresses_text(result.resolved), evidence.resolver, result.http_version, numbers.tls_version,
      numbers.tls_cipher, of_certificate(&CertificateFacts::not_before),
      of_certificate(&CertificateFacts::not_after), of_certificate(&CertificateFacts::subject),
      of_certificate(&CertificateFacts::issuer), of_certificate(&CertificateFacts::fingerprint),
      result.cert_expiring, evidence.chain_fingerprint, result.detail,
      ids_text(evidence.request_ids), evidence.body_length, evidence.body_complete,
      evidence.body_sha256, evidence.body_hashed, evidence.head, Blob{evidence.body},
      result.interval, result.maintenance);
  if (!done) return std::unexpected(std::move(done.error()));
  return id;
}

const char* const evidence_columns =
    "route, region, kind, outcome, reason, status, last_phase, redirects, remote, http_version, "
    "tls_version, tls_cipher, cert_not_before_us, cert_not_after_us, cert_subject, cert_issuer, "
    "cert_fingerprint, cert_expiring, interval_us, maintenance, started_us, dns_us, "
    "connect_us, tls_us, send_us, wait_us, receive_us, body_size, trace_id, detail, resolved, "
    "head, body, body_length, body_complete, "
    "body_sha256, body_hashed, resolver, chain_fingerprint, request_ids";

std::optional<Result> read_evidence(Row& row) {
  auto result = read_circumstance(row);
  if (!result) return result;
  result->started = row.time();
  for (auto& phase : result->timings.phases) phase = row.duration();
  result->body_size = row.count();
  result->trace_id = row.text();
  result->detail = row.text();
  result->resolved = read_addresses(row.text());
  Evidence evidence;
  evidence.head = row.text();
  evidence.body = row.text();
  evidence.body_length = row.count();
  evidence.body_complete = row.integer() != 0;
  evidence.body_sha256 = row.text();
  evidence.body_hashed = row.count();
  evidence.resolver = row.text();
  evidence.chain_fingerprint = row.text();
  evidence.request_ids = read_ids(row.text());
  result->evidence = SharedEvidence(std::move(evidence));
  return result;
}

}  // namespace gatewatch::storage::sqlite

// Incidents, their events and the deliveries that tell them, as rows.

#pragma once

#include <cstdint>
#include <expected>
#include <vector>

#include "storage/records.h"
#include "storage/sqlite/statement.h"

namespace gatewatch::storage::sqlite {

class IncidentTable {
 public:
  explicit IncidentTable(Database& database);

  // Both within a transaction of the caller. A step that is known changes nothing.
  [[nodiscard]] std::expected<void, Failure> add(const IncidentStep& step);
  [[nodiscard]] std::expected<void, Failure> put(const DeliveryRecord& delivery);

  // Within a read transaction of the caller: it takes several statements.
  [[nodiscard]] std::expected<std::vector<IncidentHistory>, Failure> find(
      const IncidentQuery& query);
  [[nodiscard]] std::expected<std::vector<DeliveryRecord>, Failure> pending();
  [[nodiscard]] std::expected<std::int64_t, Failure> last_id();

 private:
  [[nodiscard]] std::expected<void, Failure> put(const IncidentRecord& incident);
  [[nodiscard]] std::expected<void, Failure> complete(IncidentHistory& history);

  Database& database_;
  Statement add_event_;
  Statement put_incident_;
  Statement remove_routes_;
  Statement add_route_;
  Statement put_delivery_;
  Statement incidents_;
  Statement routes_;
  Statement events_;
  Statement deliveries_;
  Statement pending_;
};

}  // namespace gatewatch::storage::sqlite

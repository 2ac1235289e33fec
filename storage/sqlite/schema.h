// The schema as text, embedded at build time.

#pragma once

#include <string>
#include <string_view>

namespace gatewatch::storage::sqlite {

extern const char* const schema_sql;             // the layout that a new file gets
extern const char* const result_schema_sql;      // the part of it that is about results
extern const char* const annotation_schema_sql;  // about silences, changes and gaps
extern const char* const evidence_schema_sql;    // about evidence
extern const char* const rollup_schema_sql;      // about rollups

// The statement of `schema` that begins so, which must be there.
[[nodiscard]] inline std::string statement_of(std::string_view schema, std::string_view beginning) {
  const auto from = schema.find(beginning);
  return std::string(schema.substr(from, schema.find(";\n", from) + 2 - from));
}

}  // namespace gatewatch::storage::sqlite

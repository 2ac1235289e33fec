// The schema as text, embedded at build time.

#pragma once

namespace gatewatch::storage::sqlite {

extern const char* const schema_sql;             // the layout that a new file gets
extern const char* const result_schema_sql;      // the part of it that is about results
extern const char* const annotation_schema_sql;  // about silences, changes and gaps
extern const char* const evidence_schema_sql;    // about evidence
extern const char* const rollup_schema_sql;      // about rollups

}  // namespace gatewatch::storage::sqlite

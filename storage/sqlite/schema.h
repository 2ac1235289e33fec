// schema.sql as text, embedded at build time: the layout that a new file gets.

#pragma once

namespace gatewatch::storage::sqlite {

extern const char* const schema_sql;

}  // namespace gatewatch::storage::sqlite

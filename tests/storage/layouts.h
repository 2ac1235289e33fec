// Files as older versions of gatewatch wrote them, and what becomes of them.

#pragma once

#include <string>

#include "tests/storage/raw_sqlite.h"

namespace gatewatch::tests {

// Makes an empty file one of this layout, without rows.
[[nodiscard]] std::string layout_sql(int version);
// That it is a sound file of the current layout, whatever it was.
void check_current_layout(RawSqlite& raw);

}  // namespace gatewatch::tests

// Why a database is not opened: one sentence for the operator, and what that is about.

#pragma once

#include <string>

#include "storage/store.h"

namespace gatewatch::storage::sqlite {

struct Refusal {
  std::string message;
  Trouble trouble = Trouble::Other;
};

}  // namespace gatewatch::storage::sqlite

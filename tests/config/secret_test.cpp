#include "config/secret.h"

#include <concepts>
#include <ostream>
#include <utility>

#include <doctest/doctest.h>
#include <fmt/format.h>

using gatewatch::config::Secret;

namespace {

template <typename Type>
concept Streamable = requires(std::ostream& stream, const Type& value) { stream << value; };

}  // namespace

TEST_CASE("a secret cannot be printed") {
  CHECK_FALSE(Streamable<Secret>);
  CHECK_FALSE(fmt::is_formattable<Secret>::value);
  CHECK_FALSE(std::convertible_to<Secret, std::string>);
}

TEST_CASE("a secret is copied, compared and moved like the text that it holds") {
  Secret secret("hunter2");
  const Secret copy = secret;
  CHECK(copy == secret);
  CHECK_FALSE(copy == Secret("other"));
  Secret target;
  CHECK(target.empty());
  target = std::move(secret);
  CHECK(target.reveal() == "hunter2");
  target = Secret();
  CHECK(target.empty());
}

TEST_CASE("a moved-from secret keeps nothing, short as it may be") {
  Secret secret("hunter2");
  const Secret constructed = std::move(secret);
  CHECK(constructed.reveal() == "hunter2");
  CHECK(secret.empty());  // NOLINT(bugprone-use-after-move)
  Secret other("hunter3");
  Secret assigned;
  assigned = std::move(other);
  CHECK(other.empty());  // NOLINT(bugprone-use-after-move)
}

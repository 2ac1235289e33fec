#include "daemon/log.h"

#include <doctest/doctest.h>

using gatewatch::daemon::Log;

TEST_CASE("a value that could be misread is quoted") {
  CHECK(Log::line("started", {{"route", "shop/checkout"}}) == "started route=shop/checkout");
  CHECK(Log::line("started", {{"text", "two words"}}) == "started text=\"two words\"");
  CHECK(Log::line("started", {{"text", ""}}) == "started text=\"\"");
  CHECK(Log::line("started", {{"text", "a=\"b\\"}}) == "started text=\"a=\\\"b\\\\\"");
}

TEST_CASE("no text from outside forges a line or a terminal code") {
  const auto line = Log::line("failed", {{"detail", "x\nERROR forged\r\x1b[31m\xff"}});
  CHECK(line.find('\n') == std::string::npos);
  CHECK(line.find('\r') == std::string::npos);
  CHECK(line.find('\x1b') == std::string::npos);
  CHECK(line.find('\xff') == std::string::npos);
}

#include "config/email_channel_reader.h"

#include <variant>

#include "tests/config/good_files.h"

using namespace gatewatch::config;

namespace {

std::string server(const std::string& text) {
  const auto config = loaded(
      "[[channel]]\nname = \"m\"\ntype = \"email\"\nfrom = \"a@example.com\"\n"
      "to = [\"b@example.com\"]\nserver = \"" +
      text + "\"\n");
  return std::get<EmailChannel>(config.channels[0].type).server;
}

}  // namespace

TEST_CASE("a mail server without a port gets that of its scheme") {
  CHECK(server("smtp://mail.example.com") == "smtp://mail.example.com:587");
  CHECK(server("smtps://mail.example.com/") == "smtps://mail.example.com:465");
  CHECK(server("smtp://mail.example.com:25") == "smtp://mail.example.com:25");
  CHECK(server("smtp://mail.example.com:80") == "smtp://mail.example.com:80");
  CHECK(server("smtp://[::1]:2525") == "smtp://[::1]:2525");
}
